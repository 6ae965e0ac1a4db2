package console

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
)

// session runs what is typed through a pipe.
func session(t *testing.T, typed string, change func(*Options)) (out, errout string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	screen := NewScreen(strings.NewReader(typed), &o, &e, func(string) string { return "" })
	eng, err := engine.New(engine.Options{Clock: engine.NewVirtual(), Stdout: screen.Out(), Stderr: screen.Errout()})
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Engine: eng, Screen: screen, App: "test"}
	if change != nil {
		change(&options)
	}
	code = New(options).Run(context.Background())
	if err := eng.Close(); err != nil {
		t.Error(err)
	}
	return o.String(), e.String(), code
}

func TestValues(t *testing.T) {
	ids := `local function hex(c, n) return string.rep(c, n) .. string.rep("0", 40 - n) end `
	for _, c := range []struct{ typed, want string }{
		{"1, 2.5, -0.1, 1/0", "1  2.5  -0.1  inf"},
		{"nil", "nil"},
		{"", ""},
		{"local x = 1", ""},
		{"= 3", "3"},
		{`"a\n\"b\"\0é"`, `"a\n\"b\"\000é"`},
		{`("x"):rep(500)`, `"` + strings.Repeat("x", 400) + `" … 100 more bytes`},
		{`("\255"):rep(40)`, `"` + strings.Repeat(`\255`, 40) + `"`},
		{`{p = ("a\255"):rep(20)}`, `{ p = "` + strings.Repeat(`a\255`, 12) + `" … 16 more bytes }`},
		{"{}", "{}"},
		{"{1, 2, x = {y = true}}", "{ 1, 2, x = { y = true } }"},
		{"{[5] = 'a', ['b c'] = 1}", `{ [5] = "a", ["b c"] = 1 }`},
		{"local t = {} t.t = t return t", "{ t = (itself) }"},
		{"{{{{{1}}}}}", "{ { { { {…} } } } }"},
		{"setmetatable({}, {__tostring = function() return 'told' end})", "told"},
		{ids + "return hex('a', 3)", `"` + "aaa" + strings.Repeat("0", 37) + `"`},
		{ids + "return {hex('a', 3), hex('a', 9), hex('b', 1)}", "{ aaa00000…, aaaaaaaa…, b0000000… }"},
		{ids + "return {hex('a', 10), hex('a', 12)}", "{ aaaaaaaaaa0…, aaaaaaaaaaa… }"},
		{"sleep", "function: 1"},
		{"pcall(error, {})", "false  {}"},
		{"_ or 7", "7"},
		{"5\n_ * 2\nnil\n_", "5\n10\nnil\n10"},
		{"for i = 1, 2 do\nprint(i)\nend", "1\n2"},
		{"{{a = 1, b = 'long text'}, {a = 22.123456, c = true}}",
			"    a  b          c\n    1  long text  -\n22.12  -          true"},
		{"{{a = {1, 2, 3}, b = 1}}", "a          b\n{3 items}  1"},
	} {
		out, errout, code := session(t, c.typed+"\n", nil)
		if strings.TrimSuffix(out, "\n") != c.want || errout != "" || code != 0 {
			t.Errorf("%s shows\n%s%s; want\n%s", c.typed, out, errout, c.want)
		}
	}
}

func TestLimits(t *testing.T) {
	out, _, _ := session(t, "local t = {} for i = 1, 500 do t[i] = {n = i} end return t\n", nil)
	if !strings.HasSuffix(out, "\n20\n… 480 more\n") {
		t.Errorf("500 records:\n%s", out)
	}
	out, _, _ = session(t, "local t = {} for i = 1, 500 do t[i] = i end return t\n", nil)
	if !strings.HasSuffix(out, "  20,\n  … 480 more\n}\n") {
		t.Errorf("500 numbers:\n%s", out)
	}
	out, _, _ = session(t, "local t = {} for i = 1, 30 do t['column' .. i] = i end return {t}\n", nil)
	if !strings.Contains(out, "also: column") || strings.Contains(out, strings.Repeat("x", 101)) {
		t.Errorf("30 columns:\n%s", out)
	}
}

// What an address says already gives way to what is new, if there is no room for all.
func TestColumnsGiveWay(t *testing.T) {
	for letters, want := range map[int]string{
		20: "addr ip port a b",
		44: "addr a b also: ip, port",
	} {
		typed := fmt.Sprintf("local function row(addr, ip, port) return {addr = addr, ip = ip, port = port, a = ('x'):rep(%d), b = ('y'):rep(40)} end "+
			"return {row('10.0.0.1:1', '10.0.0.1', 1), row('[::1]:7', '::1', 7)}\n", letters)
		out, _, _ := session(t, typed, nil)
		head, rest, _ := strings.Cut(out, "\n")
		if strings.Contains(rest, "also") {
			head += rest[strings.Index(rest, "also")-1:]
		}
		if got := strings.Join(strings.Fields(head), " "); got != want {
			t.Errorf("%d letters: %q, want %q in\n%s", letters, got, want, out)
		}
	}
}

// What a value says cannot do anything to the terminal.
func TestHostileText(t *testing.T) {
	out, errout, _ := session(t, "{{name = '\\27[2J'}}\n'\\27[2J'\nerror('\\27[2J\\nsecond line')\n"+
		"setmetatable({}, {__tostring = function() return '\\27[2J' end})\n", nil)
	if strings.ContainsRune(out+errout, '\x1b') || strings.Count(errout, "\n") != 1 {
		t.Errorf("%q, %q", out, errout)
	}
}

// Names of software are letters and bytes of a version.
func TestBytesInColumns(t *testing.T) {
	out, _, _ := session(t, "{{version = 'UT\\168\\27'}, {version = 'LT\\1\\2'}}\n", nil)
	if want := "version\nUT··\nLT··\n"; out != want {
		t.Errorf("%q, want %q", out, want)
	}
}

func TestErrors(t *testing.T) {
	for typed, want := range map[string]string{
		"error('no')":                       "error: no",
		"local x = nil\nx.y = 1":            "error: attempt to index",
		"f(":                                "error: unexpected symbol near '<eof>'",
		"do\nlocal a = 1\nerror('b')\nend":  "error: line 3: b",
		")":                                 "error: unexpected symbol near ')'",
		":nonsense":                         "error: no command is called :nonsense",
		":hepl":                             "error: no command is called :hepl (did you mean :help?)",
		":load nowhere.lua":                 "error: open nowhere.lua",
		":kill x":                           "error: :kill needs the number",
		":kill 99":                          "error: no task has the number 99",
		":bg":                               "error: :bg needs code",
		":bg )":                             "error: unexpected symbol",
		"error({a = 1, b = {'x', print}})":  "error: { a = 1, b = { \"x\", function } }\n",
		"error({code = 3, message = 'no'})": "error: no\n",
		"error({kind = 'odd'})":             "error: { kind = \"odd\" }\n",
		"error(setmetatable({}, {__tostring = function() return 'told' end}))":     "error: told\n",
		"error(setmetatable({}, {__index = function() error('asked') end}))":       "error: {}\n",
		"do\nlocal t = {}\nt.t = t\nerror({t, ('x'):rep(500)})\nend":               "error: line 4: { {…}, … }\n",
		"do\nlocal t = {}\nfor i = 1, 99 do t[i] = i end\nerror(t)\nend":           "error: line 4: { 1, 2, 3, 4, 5, 6, 7, 8, … 91 more }\n",
		"error({setmetatable({x = 2}, {__tostring = function() error('!') end})})": "error: { { x = 2 } }\n",
		":bg error({a = 1})":                        "",
		"spawn(function() error('x') end):status()": "task failed: console:1: x",
	} {
		_, errout, code := session(t, typed+"\n", nil)
		if !strings.HasPrefix(errout, want) || code != 0 {
			t.Errorf("%s: %q, exit code %d; want %q", typed, errout, code, want)
		}
	}
}

func TestStrict(t *testing.T) {
	for _, typed := range []string{"error('x')\nprint('late')\n", ":nonsense\nprint('late')\n", "f(\n", "spawn(function() error('x') end) and nil\n"} {
		out, _, code := session(t, typed, func(o *Options) { o.Strict = true })
		if code != ExitFailed || strings.Contains(out, "late") {
			t.Errorf("%q: %q, exit code %d", typed, out, code)
		}
	}
}

// At the end of a pipe the console waits for what was started, as a script would.
func TestEndOfPipe(t *testing.T) {
	out, errout, code := session(t, "spawn(function() sleep(100) print('spawned') end) and nil\n:bg sleep(200) return 'bg'\n1\n", nil)
	if !strings.HasSuffix(out, "1\nspawned\n[3] \"bg\"\n") || errout != "" || code != 0 {
		t.Errorf("%q, %q, exit code %d", out, errout, code)
	}
	if out, _, _ := session(t, "spawn(function() sleep(1e6) print('spawned') end) and nil\n:quit\n", nil); strings.Contains(out, "spawned") {
		t.Errorf(":quit waited: %q", out)
	}
}

// Words that are commands elsewhere, typed by a person at home there, say what to type here.
func TestHabits(t *testing.T) {
	out, errout, _ := session(t, "exit\nquit()\nhelp\nexit = 5\nexit\nlocal help\nhelp\n", nil)
	if want := "to leave: :quit or Ctrl-D\nto leave: :quit or Ctrl-D\n:help lists what there is\n5\nnil\n"; out != want || errout != "" {
		t.Errorf("%q, %q", out, errout)
	}
}

func TestHelp(t *testing.T) {
	known := func(o *Options) {
		o.Help = func(name string, _ int) (string, bool) { return name + "(x)\n", name == "f" }
		o.Near = func(name string) string { return "first" }
		o.Commands = []Command{{Name: "six", Text: "six", Lua: func(args string) (string, error) { return "6" + args, nil }}}
	}
	out, _, _ := session(t, "function f() end\nf\nf, 1\n", known)
	if out != "f(x)\nfunction: 1  1\n" {
		t.Errorf("a function is shown as %q", out)
	}
	out, errout, _ := session(t, ":help f\n:help f()\n:help frist\n:six * 7\n:help :six\n:help\n", known)
	if !strings.HasPrefix(out, "f(x)\nf(x)\n42\n  :six                  six\n  :help") || !strings.Contains(out, ":six") || errout != "error: nothing is known of 'frist' (did you mean 'first'?)\n" {
		t.Errorf("%q, %q", out, errout)
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct {
		line    string
		columns int
		want    string
	}{
		{"", 5, ""},
		{"one two", 7, "one two"},
		{"one two", 6, "one\n  two"},
		{"one two three", 5, "one\n  two\n  three"},
		{"   one two", 4, "   one\n  two"},
		{"éé éé", 4, "éé\n  éé"},
		{"longest of all", 3, "longest\n  of\n  all"},
		{"a    b", 3, "a\n  b"},
	} {
		if got := fold(c.line, "  ", c.columns); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.line, c.columns, got, c.want)
		}
	}
}

// Two times are told only where they are two.
func TestTime(t *testing.T) {
	took := regexp.MustCompile(`^took [0-9.]+(ns|µs|ms|s)\n$`)
	if out, errout, _ := session(t, ":time sleep(0)\n", nil); !took.MatchString(out) || errout != "" {
		t.Errorf("%q, %q", out, errout)
	}
	out, errout, _ := session(t, ":time sleep(3600) return 5\n", func(o *Options) { o.Virtual = true })
	if value, time, _ := strings.Cut(out, "\n"); value != "5" || !strings.HasSuffix(time, "; for scripts it was 1h0m0s\n") || errout != "" {
		t.Errorf("%q, %q", out, errout)
	}
}

// looker is a host whose values have one field and one method.
type looker struct{}

func (looker) Members(lua.LValue) (fields, methods []string) {
	return []string{"field"}, []string{"method"}
}

func (looker) IDs(prefix string, limit int) []string { return []string{prefix + "00", prefix + "01"} }

func TestCompletion(t *testing.T) {
	screen := NewScreen(strings.NewReader(""), &bytes.Buffer{}, &bytes.Buffer{}, func(string) string { return "" })
	e, err := engine.New(engine.Options{Stdout: screen.Out(), Stderr: screen.Errout()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	c := New(Options{Engine: e, Screen: screen, Look: looker{}, Names: func() []string { return []string{"task.map"} },
		Help: func(name string, _ int) (string, bool) { return name + "(list, fn)\nmore", name == "task.map" }})
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan struct{})
	go func() { e.Serve(ctx); close(served) }()
	defer func() { stop(); <-served }()
	c.finish(ctx, c.start(chunk{name: chunkName, source: `
		touched = false
		local locally = {deep = {deeper = 1, run = print}}
		local text = "abc"
		trap = setmetatable({}, {__index = function() touched = true end})
		local handle = io.stdout
		local job = spawn(function() end)`}))
	for line, want := range map[string]string{
		"loc":             "locally local",
		"print(locall":    "locally",
		"task.m":          "task.map",
		"x = locally.d":   "locally.deep",
		"locally.deep.":   "locally.deep.deeper locally.deep.run",
		"locally.deep:":   "locally.deep:run",
		"trap.":           "",
		"trap.x.":         "",
		"nowhere.x":       "",
		"text:gsu":        "text:gsub",
		"handle.":         "handle.field",
		"handle:":         "handle:method",
		"job:":            "job:cancel job:status job:wait",
		`dht.table["a`:    "a00 a01",
		`dht.table["`:     "",
		`"not hex`:        "",
		`f("x", 'b`:       "b00 b01",
		":lo":             ":load",
		":help t":         "task.map",
		"whil":            "while",
		"-- 'ab":          "",
		"a.b.c.d.e.f.g.h": "",
		"..":              "",
		":":               ":help :bg :tasks :kill :time :trace :save :load :quit",
	} {
		var got []string
		for _, item := range c.complete(line, len(line)).items {
			got = append(got, item.text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q goes on with %q, want %q", line, got, want)
		}
	}
	if got := c.hint("x = task.map(f(1), {", 20); got != "task.map(list, fn)" {
		t.Errorf("hint %q", got)
	}
	if got := c.hint("x = task.map(f(1))", 18); got != "" {
		t.Errorf("hint %q behind the call", got)
	}
	c.onBaton(func() {
		if e.Global("touched") != lua.LFalse {
			t.Error("completion ran code of the script")
		}
	})
}

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "app", "history")
	h, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, chunk := range []string{"one", "two\nlines", "two\nlines", "  ", "three"} {
		if _, err := h.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file %v, %v", info, err)
	}
	f, _ := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	f.WriteString("not json\n{}\n")
	f.Close()
	os.Chmod(path, 0o644)
	again, err := openHistory(path)
	if err != nil || !slices.Equal(again.chunks, []string{"one", "two\nlines", "three"}) {
		t.Errorf("read %q, %v", again.chunks, err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Error("others may read it")
	}
	for range 2*maxHistory + 1 {
		f, _ := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		f.WriteString("\"x\"\n")
		f.Close()
	}
	cut, err := openHistory(path)
	if text, _ := os.ReadFile(path); err != nil || cut.Len() != maxHistory || bytes.Count(text, []byte("\n")) != maxHistory {
		t.Errorf("cut to %d, %v", cut.Len(), err)
	}
}

func TestHistoryPath(t *testing.T) {
	for _, c := range []struct{ state, home, want string }{
		{"/s", "/h", "/s/app/history"},
		{"", "/h", "/h/.local/state/app/history"},
		{"relative", "/h", "/h/.local/state/app/history"},
		{"", "", ""},
	} {
		got := historyPath("app", func(name string) string {
			return map[string]string{"XDG_STATE_HOME": c.state, "HOME": c.home}[name]
		})
		if got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// While a line is being typed, whole lines wait to be taken, and the rest for its end.
func TestScreen(t *testing.T) {
	var out bytes.Buffer
	s := NewScreen(nil, &out, &out, func(string) string { return "" })
	s.Out().Write([]byte("no end"))
	woken := 0
	s.typing(func() { woken++ })
	s.Errout().Write([]byte("one\ntwo"))
	if got := s.take(); got != "one\n" || woken != 1 {
		t.Errorf("took %q, woken %d times", got, woken)
	}
	s.Out().Write([]byte("..."))
	s.typed()
	if out.String() != "no end\ntwo..." {
		t.Errorf("wrote %q", out.String())
	}
}

// A chunk may end in an expression, if it is no half of a statement.
func TestWithValue(t *testing.T) {
	for code, want := range map[string]string{
		"1":                           "1",
		"local a = 1":                 "local a = 1",
		"local a = 1\na":              "local a = 1\nreturn a",
		"local a = 1\n-- why\na +\n2": "local a = 1\n-- why\nreturn a +\n2",
		"local a = 1\nprint(a)":       "local a = 1\nreturn print(a)",
		"local f = g\n(h)(1)":         "local f = g\n(h)(1)",
		"a = 1\nf\n{}":                "a = 1\nreturn f\n{}",
		"a = 1\nb = 2 f()":            "a = 1\nb = 2 f()",
		"f()\ng()\n":                  "f()\nreturn g()\n",
		"f(\na":                       "f(\na",
		"for i = 1, 2 do\ni":          "for i = 1, 2 do\ni",
		"for i = 1, 2 do\nend\ni, 3":  "for i = 1, 2 do\nend\nreturn i, 3",
		"x = {\n1,\n":                 "x = {\n1,\n",
		"x = [[\na":                   "x = [[\na",
		"return 1\n2":                 "return 1\n2",
		"a\nb":                        "a\nb",
		")\n1":                        ")\n1",
	} {
		if got := withValue(code); got != want {
			t.Errorf("%q becomes %q, want %q", code, got, want)
		}
	}
}
