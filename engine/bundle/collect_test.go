package bundle

import (
	"errors"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestScan(t *testing.T) {
	for source, want := range map[string][2][]string{
		`require "a" require("b") require 'c' require[[d]] require ( [==[e]==] )`: {{"a", "b", "c", "d", "e"}, nil},
		`require("a" .. n) require "b" ..x require "c".x "d"`:                     {{"c"}, {"a", "b", "d"}},
		`pcall(require, "a")`:                              {{"a"}, nil},
		`require(name) require = "x" require{} "y"`:        {nil, {"x", "y"}},
		"-- require 'a'\nrequire 'b' --[[ require 'c'\n]]": {{"b"}, nil},
		"--[==[ ]] 'x' ]==] 'y'":                           {nil, {"y"}},
		`"\97\"b\n\065" '\'' "a\
b"`: {nil, {"a\"b\nA", "'", "a\nb"}},
		"'no end\n'x'":               {nil, {"no end", "x"}},
		"[[\nlong\n]] [=[ ]] ]=] [=": {nil, {"long\n", " ]] "}},
		`required "x" xrequire "y"`:  {nil, {"x", "y"}},
		`"`:                          {nil, {""}},
		`"\`:                         {nil, {"\\"}},
		`--[[`:                       {nil, nil},
	} {
		modules, texts := scan(source)
		if !reflect.DeepEqual([2][]string{modules, texts}, want) {
			t.Errorf("%s: got %q and %q, want %q", source, modules, texts, want)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add("require 'a' --[[x]] '\\065' [==[y]==]")
	f.Fuzz(func(t *testing.T, source string) {
		modules, texts := scan(source)
		total := 0
		for _, s := range slices.Concat(modules, texts) {
			total += len(s)
		}
		if total > len(source) {
			t.Errorf("%d bytes of strings in %d bytes", total, len(source))
		}
	})
}

// folder is one with all sorts of files.
var folder = fstest.MapFS{
	"main.lua": {Data: []byte(`require "one" require "lib.there" require "gone" pcall(require, "gone") require "one"
		io.open("data/list.txt") io.open("./plain.txt") print("pipe", ".hidden", "data", "/etc/passwd", "../x", "old.lightdht", "main.lua")`)},
	"one.lua":       {Data: []byte(`return require("sub.two")`)},
	"sub/two.lua":   {Data: []byte(`require "one" local text = [[third.txt]]`)},
	"third.txt":     {Data: []byte("3")},
	"plain.txt":     {Data: []byte("p")},
	"data/list.txt": {Data: []byte("x")},
	"unnamed.txt":   {Data: []byte("no")},
	".hidden":       {Data: []byte("no")},
	"old.lightdht":  {Data: []byte("no")},
	"pipe":          {Mode: fs.ModeNamedPipe},
}

func TestCollect(t *testing.T) {
	files, missing, err := Collect(folder, "main.lua", fstest.MapFS{"lib/there.lua": {}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if want := []string{"data/list.txt", "main.lua", "one.lua", "plain.txt", "sub/two.lua", "third.txt"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	if !slices.Equal(missing, []string{"gone"}) {
		t.Errorf("missing: %q", missing)
	}
	if _, _, err := Collect(folder, "nowhere.lua", fstest.MapFS{}); err == nil || !strings.HasPrefix(err.Error(), "bundle: there is no such file") {
		t.Errorf("no script: %v", err)
	}
}

// A run finds the bundle's modules first, adds those of the folder, and knows which it had.
func TestLibrary(t *testing.T) {
	b := &Bundle{Script: "main.lua", Files: []File{{"main.lua", nil}, {"one.lua", []byte("packed")}}}
	l := &Library{Bundle: b, Folder: folder, Next: fstest.MapFS{"lib.lua": {Data: []byte("library")}}}
	for name, want := range map[string]string{"one.lua": "packed", "sub/two.lua": string(folder["sub/two.lua"].Data), "lib.lua": "library"} {
		if got, err := fs.ReadFile(l, name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := l.Open("gone.lua"); err == nil {
		t.Error("it found what is not there")
	}
	if _, ok := b.File("sub/two.lua"); !ok || len(b.Files) != 3 {
		t.Errorf("the module of the folder was not added: %v", b.Files)
	}
	var names []string
	for _, m := range l.Loaded() {
		names = append(names, m.Name)
	}
	if slices.Sort(names); !slices.Equal(names, []string{"one", "sub.two"}) {
		t.Errorf("loaded: %q", names)
	}
}

// A run reads the bundle's files first, and adds those of the folder that can be packed.
func TestData(t *testing.T) {
	b := &Bundle{Script: "main.lua", Files: []File{{"main.lua", nil}, {"one.txt", []byte("packed")}}}
	folder := fstest.MapFS{"one.txt": {Data: []byte("other")}, "sub/two.txt": {Data: []byte("found")}, ".three": {Data: []byte("hidden")}}
	d := &Data{Bundle: b, Folder: folder}
	for name, want := range map[string]string{"one.txt": "packed", "sub/two.txt": "found"} {
		if got, err := fs.ReadFile(d, name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, ok := b.File("sub/two.txt"); !ok || len(b.Files) != 3 {
		t.Errorf("the file of the folder was not added: %v", b.Files)
	}
	for _, name := range []string{"gone.txt", "sub"} {
		if _, err := d.Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Open(".three"); err == nil || !strings.Contains(err.Error(), "is not packed") {
		t.Errorf("a name that cannot be packed: %v", err)
	}
	if _, err := (&Data{Bundle: b}).Open(".three"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
}
