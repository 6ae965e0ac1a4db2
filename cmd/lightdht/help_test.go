package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// The help of each command fits a terminal, but for some examples, and names all
// flags but the hidden ones.
func TestHelpOfCommands(t *testing.T) {
	for _, c := range commands() {
		var out bytes.Buffer
		h := &host{streams: streams{out: &out}}
		h.printHelp(c)
		for line := range strings.SplitSeq(out.String(), "\n") {
			if len(line) > helpColumns+4 && !strings.HasPrefix(line, "  lightdht ") && !strings.HasPrefix(line, "usage: ") {
				t.Errorf("help %s: too long: %s", c.name, line)
			}
		}
		flags, _ := c.flagSet()
		flags.VisitAll(func(f *pflag.Flag) {
			if shown := strings.Contains(out.String(), "--"+f.Name); shown == f.Hidden {
				t.Errorf("help %s: --%s is there: %v, hidden: %v", c.name, f.Name, shown, f.Hidden)
			}
		})
	}
}

func TestFlagHelp(t *testing.T) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.SortFlags = false
	flags.BoolP("quiet", "q", false, "say nothing")
	flags.Int("many", 3, "as many, and some words more so that a second line is needed")
	flags.Duration("wait", 0, "wait")
	flags.String("a-name-as-long", "", "with a `VALUE` as well")
	flags.String("form", "text", "what it looks like: `text|json`")
	flags.String("begin", "", "begin with this one: `"+strings.Repeat("word|", 5)+"last`")
	flags.String("secret", "", "nothing to see")
	flags.MarkHidden("secret")
	var out bytes.Buffer
	printFlags(&out, flags)
	want := `  -q, --quiet             say nothing
      --many N            as many, and some words more so that a second line is
                          needed (default 3)
      --wait DURATION     wait
      --a-name-as-long VALUE
                          with a VALUE as well
      --form text|json    what it looks like (default text)
      --begin NAME        begin with this one
`
	if out.String() != want {
		t.Errorf("%s, want\n%s", out.String(), want)
	}
}
