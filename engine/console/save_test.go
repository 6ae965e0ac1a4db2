package console

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/engine/syntax"
)

func TestSaveAndLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "idea.lua")
	out, errout, _ := session(t, "local a = 20\na + 1\n{a}\nerror('x')\n:time a * 3\nfor i = 1, 2 do\n  a = a + i\nend\n:save "+path+"\n:save "+path+"\n",
		func(o *Options) { o.Preamble = func(string) string { return "-- typed\n" } })
	text, err := os.ReadFile(path)
	want := "-- typed\nlocal a = 20\n_ = a + 1\nprint(_)\n_ = {a}\n_ = a * 3\nprint(_)\nfor i = 1, 2 do\n  a = a + i\nend\n"
	if err != nil || string(text) != want {
		t.Errorf("saved %q, %v", text, err)
	}
	if !strings.Contains(out, "5 chunks written") || !strings.Contains(errout, "exists; choose another name") {
		t.Errorf("%q, %q", out, errout)
	}
	out, errout, _ = session(t, ":load "+path+"\na, _\n", func(o *Options) {
		o.Before = func(path, source string) string {
			if path == "" {
				return ""
			}
			return filepath.Base(path) + ": " + source[:8] + "\x1b"
		}
	})
	if out != "idea.lua: -- typed·\n21\n60\n23  60\n" || errout != "" {
		t.Errorf("loaded: %q, %q", out, errout)
	}
}

// Whatever a chunk is, the script goes on after it, and the next one is not taken for a part of it.
func TestSavedChunks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "idea.lua")
	typed := "local n = {1} return n\nreturn 8 -- return 9\nreturn\nprint('plain')\nlocal f = print\n" +
		"(n or f).x = 1\n(print)('called')\n:bg later = 5\nsleep(1)\nlater\n"
	_, errout, _ := session(t, typed+":save "+path+"\n", nil)
	text, err := os.ReadFile(path)
	want := "local n = {1}\n_ = n\n_ = 8 -- return 9\nprint(_)\nprint('plain')\nlocal f = print\n" +
		";(n or f).x = 1\n_ = (print)('called')\nlater = 5\nsleep(1)\n_ = later\nprint(_)\n"
	if err != nil || errout != "" || string(text) != want {
		t.Errorf("saved %s\nnot %s\n%s %v", text, want, errout, err)
	}
	if out, errout, _ := session(t, ":load "+path+"\n", nil); out != "8\nplain\ncalled\n5\n" || errout != "" {
		t.Errorf("loaded: %q, %q", out, errout)
	}
}

// A file that is loaded again is saved once.
func TestSaveLoaded(t *testing.T) {
	dir := t.TempDir()
	part, whole := filepath.Join(dir, "part.lua"), filepath.Join(dir, "whole.lua")
	if err := os.WriteFile(part, []byte("part = (part or 0) + 1"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, errout, _ := session(t, ":load "+part+"\nlocal a = part\n:load "+part+"\npart\n:save "+whole+"\n", nil)
	text, err := os.ReadFile(whole)
	if want := "local a = part\npart = (part or 0) + 1\n_ = part\nprint(_)\n"; string(text) != want || errout != "" {
		t.Errorf("%s, %v, %s", text, err, errout)
	}
}

// Of what a script has only once there is not more in what is saved.
func TestSaveOneHeader(t *testing.T) {
	dir := t.TempDir()
	file, saved := filepath.Join(dir, "part.lua"), filepath.Join(dir, "whole.lua")
	if err := os.WriteFile(file, []byte("header = 1"), 0o644); err != nil {
		t.Fatal(err)
	}
	header := func(o *Options) {
		o.Header = func(_, source string) bool { return strings.HasPrefix(source, "header") }
	}
	out, errout, _ := session(t, ":load "+file+"\n:load "+file+"\nother = 1\n:save "+saved+"\nheader = 2\n:save "+saved+"2\n", header)
	if want := "there are headers in " + file + " and what was typed, and a script has one; nothing was written"; !strings.Contains(errout, want) || !strings.Contains(out, "2 chunks written") {
		t.Errorf("%q, %q", out, errout)
	}
	if _, err := os.Stat(saved + "2"); err == nil {
		t.Error("it was written")
	}
}

// A chunk that returns before its last line does not end the script, and what it declares is known
// to the next.
func TestSavedReturns(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"if true then return 5 end\n_\nprint 'on'\n", ""},
		{"if false then return 5 end\nprint 'on'\n", ""},
		{"local a = 1 if a == 1 then return end a = 2\na\n", "local a = 1\n;(function(...)\nif a == 1 then return end a = 2\nend)()\n_ = a\nprint(_)\n"},
		{"for i = 1, 9 do if i == 3 then return i end end\n_ + 1\n", "_ = (function(...)\nfor i = 1, 9 do if i == 3 then return i end end\nend)()\nprint(_)\n_ = _ + 1\nprint(_)\n"},
		{"while true do return 1 end\nrepeat return 2 until true\ndo return 3 end\nprint '3'\n", ""},
		{"local function f() if true then return 1 end return 2 end\nf()\n", "local function f() if true then return 1 end return 2 end\n_ = f()\nprint(_)\n"},
		{"x = 1\nif x > 1 then return 0 end local a, b local c = 3 local function f() return a, b, c end a = 7 return x -- all\nprint(a, b, c, f())\nf() and c\n", ""},
		{"local a = 1\nif a > 1 then return end local a = a + 1 print(a)\na\n", ""},
		{"local a = 1\nlocal function old() return a end\nif a > 0 then return end local a = 9\na + old()\n", ""},
		{"_ = 4\nif not _ then return end local _, b = 8, 9 print(_, b)\n_ + b\n", ""},
		{"if not print then return end local a (print)('called') local b = [[\nlocal c = 1]] print(b)\nprint(a, b)\n", ""},
		{"goto over do return end ::over:: local a = 6\na\n", ""},
		{"for i = 1, 3 do if i == 2 then goto on end print(i) ::on:: end\n", "for i = 1, 3 do if i == 2 then goto on end print(i) ::on:: end\n"},
		{"return print('no value')\nreturn (print)('nor here');\nlocal a = 1 return print(a) -- nor here\nreturn ...\n", "print('no value')\n;(print)('nor here');\nlocal a = 1\nprint(a) -- nor here\n"},
		{"goto a ::a:: print(1)\ngoto a ::a:: print(2)\n", ""},
		{"local s = 'if x then return end' -- then return\n#s\n", "local s = 'if x then return end' -- then return\n_ = #s\nprint(_)\n"},
		{"if select('#', ...) > 0 then return 1 end print(...)\nreturn -- nothing\nreturn;\nprint 'on'\n", ""},
		{"if print then\r\nlocal x = 1\r\nreturn x\r\nend\r\nlocal y = 2\r\ny\n", ""},
	} {
		path := filepath.Join(t.TempDir(), "idea.lua")
		typed, errout, _ := session(t, c.typed+":save "+path+"\n", nil)
		text, err := os.ReadFile(path)
		if err != nil || errout != "" || c.want != "" && string(text) != c.want {
			t.Errorf("%s is saved as\n%s%s %v", c.typed, text, errout, err)
		}
		typed = typed[:strings.LastIndex(strings.TrimSuffix(typed, "\n"), "\n")+1] // without what :save says
		loaded, errout, _ := session(t, ":load "+path+"\nprint 'the end'\n", nil)
		if loaded != typed+"the end\n" || errout != "" {
			t.Errorf("%s\nsaved as\n%s\nshows %q %s; typed: %q", c.typed, text, loaded, errout, typed)
		}
	}
}

// Whatever is Lua is still Lua as a part of a script, whether it had a value or not.
func FuzzSavedChunk(f *testing.F) {
	f.Fuzz(func(t *testing.T, source string) {
		chunk, err := syntax.Parse(source)
		if err != nil {
			t.Skip()
		}
		logs := []logged{{source: source, silent: true}}
		if hasValues(chunk) || outlineOf(source).early >= 0 {
			logs = append(logs, logged{source: source}, logged{source: source, scalar: true})
		}
		for _, l := range logs {
			text := l.script() + l.script()
			if _, err := syntax.Parse(text); err != nil {
				t.Errorf("%q is saved as\n%s%v", source, text, err)
			}
		}
	})
}

func hasValues(chunk *syntax.Chunk) bool {
	stmts := chunk.Body.Stmts
	if len(stmts) == 0 {
		return false
	}
	r, ok := stmts[len(stmts)-1].(*syntax.Return)
	return ok && len(r.Values) > 0
}
