package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/experiment"
	"github.com/lightdht/lightdht/luabind/network"
)

// What a stranger says of his script can neither command the terminal, nor look
// like what lightdht says, nor push that out of sight.
func TestIntroduceAHostileScript(t *testing.T) {
	var out bytes.Buffer
	h := &host{streams: streams{errout: &out}}
	o := &runOptions{flags: runFlags(t)}
	s := &experiment.Experiment{Name: "x.lua", Header: &network.Header{
		Title:       "Nice\x1b[2J\x1b]0;owned\a\r\nIt runs on nothing.\nRun it? [y/N] y\n",
		Description: strings.Repeat("\u202eword ", 5000) + strings.Repeat("\nRun it?", 500) + strings.Repeat("\u5bbd", 500) + "\xc2\x9b",
	}}
	h.introduce(o, &offer{script: s, name: "x.lua", link: &share.Link{}})
	said := out.String()
	if strings.ContainsAny(said, "\x1b\a\r\u202e\u009b") || !utf8.ValidString(said) {
		t.Errorf("a terminal would obey it: %q", said)
	}
	_, quoted, ok := strings.Cut(said, "its author says:\n\n")
	quoted, ours, ok2 := strings.Cut(quoted, "\n\nIt runs on a network that is simulated")
	if !ok || !ok2 || strings.Count(quoted, "\n")+1 != quoteLines || strings.Contains(ours, "Run it?") {
		t.Errorf("%q, then %q", quoted, ours)
	}
	for line := range strings.Lines(quoted) {
		if !strings.HasPrefix(line, "  | ") || utf8.RuneCountInString(line) > quoteColumns+5 {
			t.Errorf("not behind the bar: %q", line)
		}
	}
}

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"one":                             "  | one\n",
		"one\n\n\ttwo  three":             "  | one\n  | \n  | two three\n",
		strings.Repeat("x", 150):          "  | " + strings.Repeat("x", 70) + "\n  | " + strings.Repeat("x", 70) + "\n  | " + strings.Repeat("x", 10) + "\n",
		strings.Repeat("\u5bbd", 36):      "  | " + strings.Repeat("\u5bbd", 35) + "\n  | \u5bbd\n",
		strings.Repeat("word ", 16):       "  | " + strings.TrimSpace(strings.Repeat("word ", 14)) + "\n  | word word\n",
		strings.Repeat("line\n", 13):      strings.Repeat("  | line\n", 11) + "  | ... and more\n",
		"\x1b[31mred\x1b[0m \u2066\u202e": "  | \\x1b[31mred\\x1b[0m \\u2066\\u202e\n",
	} {
		var out strings.Builder
		if quote(&out, text); out.String() != want {
			t.Errorf("%q is quoted as\n%q, want\n%q", text, out.String(), want)
		}
	}
}

// The same of an archive that is asked what it is, and of the names in errors.
func TestHelpOfAHostileArchive(t *testing.T) {
	const obey = "\x1b[2J\r\n"
	b := &bundle.Bundle{
		Version: obey, Script: "x.lua", Files: []bundle.File{{Name: "x.lua", Data: []byte("experiment{ title = 'T' }")}},
		Parameters: record.Row{{Name: "p" + obey + "injected", Value: obey}}, Args: []record.Raw{obey},
	}
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]int{"help": exitDone, "run": exitMisused} {
		var out, errout bytes.Buffer
		h := &host{streams: streams{out: &out, errout: &errout}, args: []string{command, "x.lightdht"}, readFile: func(string) ([]byte, error) { return data, nil }}
		code := h.run(t.Context())
		said := out.String() + errout.String()
		if code != want || strings.ContainsAny(said, "\x1b\r") || !strings.Contains(said, "injected") || command == "help" && strings.Contains(said, "\ninjected") {
			t.Errorf("%s: exit code %d\n%q", command, code, said)
		}
	}
}

// runFlags are those of run, none of which is set.
func runFlags(t *testing.T) *pflag.FlagSet {
	t.Helper()
	flags, _ := runCommand().flagSet()
	return flags
}

// An archive whose network cannot be is not run on another one.
func TestArchiveOfAnImpossibleNetwork(t *testing.T) {
	for want, field := range map[string]record.Field{
		"the network of the archive: option 'nodes'":   {Name: "nodes", Value: "99999999"},
		"the network of the archive: option 'latency'": {Name: "latency", Value: "nan"},
		"the network of the archive: a setting is ":    {Name: "\x1b[2Jnodes", Value: "20"},
	} {
		b := &bundle.Bundle{Script: "x.lua", Files: []bundle.File{{Name: "x.lua", Data: []byte("print(1)")}}, Network: record.Row{field}}
		data, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		var out, errout bytes.Buffer
		h := &host{streams: streams{out: &out, errout: &errout}, args: []string{"run", "x.lightdht"}, readFile: func(string) ([]byte, error) { return data, nil }}
		if code := h.run(t.Context()); code != exitMisused || !strings.Contains(errout.String(), want) || strings.ContainsAny(errout.String(), "\x1b") {
			t.Errorf("%s: exit code %d, %q", field.Name, code, errout.String())
		}
	}
}
