package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shell returns the path of a shell. One that is missing skips the test, but not
// where everything is to be tested.
func shell(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing; install it", name)
		}
		t.Skipf("%s is missing", name)
	}
	return path
}

// written puts the completion for a shell into a folder with a few files, and
// returns its path.
func written(t *testing.T, name string, all []completedCommand) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range []string{"a script.lua", "notes.txt", "deep/other.lua", "deep/x.lightdht"} {
		file = filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "completion."+name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := completionTemplates.ExecuteTemplate(f, name+".tmpl", all); err != nil {
		t.Fatal(err)
	}
	return path
}

// output runs a shell in the script's folder and returns the lines it prints.
func output(t *testing.T, script, shell string, args ...string) []string {
	t.Helper()
	c := exec.Command(shell, args...)
	c.Dir = filepath.Dir(script)
	c.Env = append(os.Environ(), "HOME="+c.Dir, "XDG_CONFIG_HOME="+c.Dir, "XDG_DATA_HOME="+c.Dir)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", shell, args, err, out)
	}
	return slices.DeleteFunc(strings.Split(string(out), "\n"), func(line string) bool { return line == "" })
}

// typed are words on a command line, the last of them not finished, as bash
// takes them apart, and what completes the last.
var typed = []struct {
	words, want []string
}{
	{[]string{"ru"}, []string{"run"}},
	{[]string{"nothing", ""}, nil},
	{[]string{"run", "--star"}, []string{"--start"}},
	{[]string{"run", "--start", ""}, []string{"warm", "cold"}},
	{[]string{"run", "--start", "=", "c"}, []string{"cold"}},
	{[]string{"run", "--start", "="}, []string{"warm", "cold"}},
	{[]string{"run", "--seed", "7", ""}, []string{"deep", "a script.lua"}},
	{[]string{"run", "--seed", "=", "7", ""}, []string{"deep", "a script.lua"}},
	{[]string{"run", "-q", "--allow-read", ""}, []string{"deep"}},
	{[]string{"run", "--seed", ""}, nil},
	{[]string{"run", "deep/"}, []string{"deep/other.lua", "deep/x.lightdht"}},
	{[]string{"verify", "deep/x"}, []string{"deep/x.lightdht"}},
	{[]string{"run", "deep/other.lua", "n"}, []string{"notes.txt"}},
	{[]string{"run", "deep/other.lua", "--st"}, nil}, // the script's own
	{[]string{"node", "--log-format", ""}, []string{"text", "json"}},
	{[]string{"new", "-t", "s"}, []string{"size", "sybil", "sweep"}},
	{[]string{"completion", ""}, shells},
	{[]string{"help", "no"}, []string{"node"}},
	{[]string{"help", "a"}, []string{"arg", "a script.lua"}},
	{[]string{"help", "dht.get_p"}, []string{"dht.get_peers"}},
	{[]string{"types", ""}, []string{"deep"}},
	{[]string{"version", ""}, nil},
}

func TestCompletionOfBash(t *testing.T) {
	bash := shell(t, "bash")
	script := written(t, "bash", completions())
	complete := func(words ...string) []string {
		return output(t, script, bash, append([]string{"--norc", "-c", `source "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _lightdht; printf '%s\n' "${COMPREPLY[@]}"`,
			"bash", script, "lightdht"}, words...)...)
	}
	for _, test := range typed {
		if got := complete(test.words...); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, want %q", test.words, got, test.want)
		}
	}
	if got := complete(""); !slices.Equal(got, commandNames()) {
		t.Errorf("commands: got %q", got)
	}
	for _, c := range completions() {
		var flags []string
		for _, f := range c.Flags {
			flags = append(flags, "--"+f.Name)
		}
		if got := complete(c.Name, "--"); !slices.Equal(got, flags) {
			t.Errorf("flags of %s: got %q, want %q", c.Name, got, flags)
		}
	}
}

func TestCompletionOfFish(t *testing.T) {
	fish := shell(t, "fish")
	script := written(t, "fish", completions())
	for _, test := range typed {
		if slices.Contains(test.words, "=") { // fish does not take words apart
			continue
		}
		line := "lightdht " + strings.Join(test.words, " ")
		got := output(t, script, fish, "--no-config", "-c", `source $argv[1]; complete -C $argv[2]`, script, line)
		for i, line := range got { // the value, a tab and its description
			got[i], _, _ = strings.Cut(line, "\t")
		}
		for _, want := range test.want {
			if !slices.ContainsFunc(got, func(s string) bool { return strings.TrimSuffix(s, "/") == want }) {
				t.Errorf("%q: got %q, want %q", line, got, want)
			}
		}
	}
}

func TestCompletionOfZsh(t *testing.T) {
	zsh := shell(t, "zsh")
	script := written(t, "zsh", completions())
	output(t, script, zsh, "-f", "-n", script)
	got := output(t, script, zsh, "-f", "-c", `autoload -Uz compinit; compinit -u -D; source $1; print -r -- $_comps[lightdht]`, "zsh", script)
	if !slices.Equal(got, []string{"_lightdht"}) {
		t.Errorf("zsh completes lightdht with %q", got)
	}
}

// Texts of flags may hold whatever shells find special.
func TestCompletionQuotes(t *testing.T) {
	nasty := `it's [1:2] $(false) "x" \ {a,b}`
	all := []completedCommand{{Name: "x", Short: nasty, Args: completedValue{Label: "argument", Kind: anyFile}, Flags: []completedFlag{
		{Name: "out", Letter: "o", Text: nasty, Takes: true, Value: completedValue{Label: "FILE", Kind: anyFile}},
	}}}
	for _, name := range shells {
		t.Run(name, func(t *testing.T) {
			script := written(t, name, all)
			output(t, script, shell(t, name), "-n", script)
		})
	}
	t.Run("text", func(t *testing.T) {
		script := written(t, "fish", all)
		got := output(t, script, shell(t, "fish"), "--no-config", "-c", `source $argv[1]; complete -C "lightdht x -"; complete -C "lightdht x --out n"`, script)
		if !slices.Contains(got, "--out\t"+nasty) || !slices.Contains(got, "notes.txt") {
			t.Errorf("got %q", got)
		}
	})
}

func TestCompletionArguments(t *testing.T) {
	for usage, want := range map[string]completedValue{
		"":                                  {},
		"script.lua [--param=value ...]":    {Kind: luaFile},
		"FILE":                              {Kind: luaFile},
		"DIR":                               {Kind: folder},
		"a|b":                               {Words: []string{"a", "b"}},
		"[COMMAND | script.lua | API.name]": {Kind: luaFile, Words: commandNames()},
	} {
		got := completedArgs(usage)
		if got.Kind != want.Kind || !slices.Equal(got.Words, want.Words) {
			t.Errorf("%q: got %+v", usage, got)
		}
	}
}
