package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/luabind"
)

func helpCommand() *command {
	return &command{
		name: "help", args: "[COMMAND | script.lua | NAME]", short: "explain a command, a script without running it, or a function",
		help: "With a script it prints the experiment{} header: title, description, parameters\nwith their defaults, and network. Nothing else of the script is run; if it has no\nheader, or does other things before, help says so and ends with exit code 2.\n" +
			"With a name it prints the reference of a function, a type or a module that scripts\ncan use; with sim also how networks are simulated.\n\n" +
			"  lightdht help run\n  lightdht help examples/02-get-peers.lua\n  lightdht help dht.get_peers\n  lightdht help sim",
		run: func(ctx context.Context, h *host, _ any, args []string) int {
			switch {
			case len(args) == 0:
				printOverview(h.out)
				return exitDone
			case len(args) > 1:
				return h.misused("help takes one command, script or name, got %d arguments", len(args))
			case isScript(args[0]) || strings.Contains(args[0], "/") || share.IsLink(args[0]) || args[0] == "-":
				return h.helpScript(ctx, args[0])
			}
			return h.helpName(args[0])
		},
	}
}

// isScript reports whether a word is the name of a script or an archive.
func isScript(word string) bool {
	return strings.HasSuffix(word, ".lua") || strings.HasSuffix(word, bundle.Extension)
}

// helpName explains a command, or something that scripts can use.
func (h *host) helpName(name string) int {
	if c := find(name); c != nil {
		h.printHelp(c)
		return exitDone
	}
	text, ok := reference(name, helpColumns)
	if !ok {
		return h.misused("no command and nothing that scripts can use is called %q%s; \"lightdht help\" lists the commands, \"lightdht help dht\" what is in dht",
			name, helpMeant(name))
	}
	fmt.Fprint(h.out, text)
	return exitDone
}

// reference is what there is to know of a name that scripts can use.
func reference(name string, columns int) (text string, ok bool) {
	text, ok = luabind.HelpWithin(name, columns)
	if name == "sim" {
		text = sim.Describe() + "\n" + text
	}
	return text, ok
}

// helpMeant suggests what the name may be a misspelling of, or nothing.
func helpMeant(name string) string {
	near := cmp.Or(engine.Nearest(name, slices.Concat(commandNames(), luabind.Names())), luabind.Nearest(name))
	if near == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", near)
}

// helpScript prints what a script says of itself.
func (h *host) helpScript(ctx context.Context, path string) int {
	s, err := h.readScript(ctx, path)
	if err != nil {
		return h.report(err)
	}
	err = s.ReadHeader()
	switch {
	case errors.Is(err, luabind.ErrNotFirst):
		return h.misused("%v; move it to the top, so that help and flags can know what it says", err)
	case err != nil:
		return h.report(err)
	case s.Header == nil:
		return h.misused("%s says nothing of itself: at its top there is no experiment{ title = \"...\", params = {...} }; \"lightdht help experiment\" shows one", path)
	}
	printHeader(h.out, path, s.Header)
	for _, line := range (&runOptions{}).reachLines() {
		fmt.Fprintln(h.out, line)
	}
	if s.Archive != nil {
		printBundle(h.out, s.Archive)
	}
	return exitDone
}

// printOverview lists the commands.
func printOverview(out io.Writer) {
	fmt.Fprint(out, "lightdht runs Lua experiments on the BitTorrent DHT, simulated or real.\n\nusage: lightdht COMMAND [flags] [arguments]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-10s %s\n", c.name, c.short)
	}
	fmt.Fprint(out, "\nA first experiment, on a simulated network of 500 nodes:\n\n"+
		"  lightdht run -e 'print(#dht.find_node(id.random()), \"of\", #dht.table)'\n\n"+
		"And one to go on from:\n\n"+
		"  lightdht new first.lua\n"+
		"  lightdht run first.lua\n\n"+
		"\"lightdht help COMMAND\" says more, \"lightdht help dht\" what scripts can do, and\n"+
		"\"lightdht help tasks\" which function does what.\n"+
		"Exit codes: 0 done, 1 the script failed, 2 misused, 3 a check failed, 4 out of\n"+
		"time, 5 over a limit, 6 no network, 130 interrupted, 141 nobody reads the\noutput any more.\n")
}

// printHelp prints all there is to know of one command.
func (h *host) printHelp(c *command) {
	flags, _ := c.flagSet()
	usage := "usage: lightdht " + c.name
	if flags.HasFlags() {
		usage += " [flags]"
	}
	if c.args != "" {
		usage += " " + c.args
	}
	fmt.Fprintf(h.out, "%s\n\n%s.\n", usage, strings.ToUpper(c.short[:1])+c.short[1:])
	if flags.HasFlags() {
		fmt.Fprintln(h.out)
		printFlags(h.out, flags)
	}
	printText(h.out, c.help)
}

// The columns of a list of flags: it fits the usual width of a terminal, and a
// flag with a longer name has its text below it.
const (
	helpColumns = 80
	textColumn  = 26
)

// printFlags lists flags, each with the value it takes and what it does.
func printFlags(out io.Writer, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, text := flagName(f)
		lines := fill(text, helpColumns-textColumn)
		if len(name)+2 > textColumn {
			fmt.Fprintln(out, name)
			name = ""
		}
		for _, line := range lines {
			fmt.Fprintf(out, "%-*s%s\n", textColumn, name, line)
			name = ""
		}
	})
}

// kinds are what values are called whose flags have no name for them.
var kinds = map[string]string{"duration": "DURATION", "int": "N", "value": "VALUE"}

// flagName is a flag as it is typed, and its text with its default.
func flagName(f *pflag.Flag) (name, text string) {
	label, text := pflag.UnquoteUsage(f)
	name = "      --" + f.Name
	if f.Shorthand != "" {
		name = "  -" + f.Shorthand + ", --" + f.Name
	}
	text = strings.TrimSuffix(text, ": "+label) // words to choose from are said once
	if kind, ok := kinds[label]; ok {
		label = kind
	} else if len(label) > textColumn { // more of them than fit; the command's help explains each
		label = "NAME"
	}
	if f.NoOptDefVal == "" && label != "" {
		name += " " + label
	}
	switch f.DefValue {
	case "", "0", "0s", "false", "[]":
	default:
		text += " (default " + f.DefValue + ")"
	}
	return name, text
}

// printText prints paragraphs, those that are indented as they are.
func printText(out io.Writer, text string) {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if !strings.HasPrefix(paragraph, " ") {
			paragraph = strings.Join(fill(paragraph, helpColumns), "\n")
		}
		fmt.Fprintf(out, "\n%s\n", paragraph)
	}
}

// fill breaks a text into lines of at most columns bytes.
func fill(text string, columns int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > columns {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	return append(lines, line)
}
