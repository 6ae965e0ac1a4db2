package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

var rewriteManual = flag.Bool("rewrite", false, "write man/lightdht.1 anew")

// manualPath is the manual page, which packages install.
const manualPath = "man/lightdht.1"

// The manual page says what "lightdht help" says: it is made from the table of commands.
func TestManual(t *testing.T) {
	want := manual()
	if *rewriteManual {
		if err := os.WriteFile(manualPath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(manualPath); err != nil || string(got) != want {
		t.Errorf("%s is not what the table of commands makes (%v); run: go test ./cmd/lightdht -run Manual -rewrite", manualPath, err)
	}
}

// manualHead is what stands before the commands, in the macros of man(7).
const manualHead = `.\" Made by: go test ./cmd/lightdht -run Manual -rewrite
.TH LIGHTDHT 1
.SH NAME
lightdht \- run Lua experiments on the BitTorrent DHT
.SH SYNOPSIS
.B lightdht
.I COMMAND
.RI [ flags ]
.RI [ arguments ]
.SH DESCRIPTION
.B lightdht
runs an experiment, which is a Lua script, around a node of the BitTorrent DHT: in a simulated network, on a private
network of real sockets, or on the public DHT. Calls of a script block until the answer is there. In a simulated network
the same script with the same seed gives the same output, byte for byte.
.PP
A first experiment, on a simulated network of 500 nodes:
.PP
.EX
  lightdht run \-e 'print(#dht.find_node(id.random()), "of", #dht.table)'
.EE
.PP
.B lightdht help
.I NAME
prints the reference of a module or a function that scripts can use, such as
.B dht
or
.BR dht.get_peers .
.SH COMMANDS
`

// manualTail is what stands after the commands.
var manualTail = `.SH EXIT STATUS
` + manualList([][2]string{
	{fmt.Sprint(exitDone), "Done."},
	{fmt.Sprint(exitFailed), "The script failed."},
	{fmt.Sprint(exitMisused), "Wrong flags, file or parameter."},
	{fmt.Sprint(exitCheckFailed), "A check of the script failed."},
	{fmt.Sprint(exitTimeout), "Out of time."},
	{fmt.Sprint(exitLimit), "Over a limit."},
	{fmt.Sprint(exitNoNetwork), "The network cannot be joined."},
	{fmt.Sprint(exitInterrupted), "Interrupted."},
	{fmt.Sprint(exitUnread), "The reader of the output has gone."},
}) + `.SH FILES
` + manualList([][2]string{
	{"x.run, x.sweep, console.run", "The run folder of x.lua, of a sweep of it, and of a console: the only folder that a script may write to without a grant."},
	{"$XDG_STATE_HOME/lightdht (~/.local/state/lightdht)", "What is remembered from one start to the next: the history of the console, and copies of the scripts of others that were run last."},
}) + `.SH SEE ALSO
https://github.com/lightdht/lightdht has the reference, the security page and examples.
`

// manual is the whole page.
func manual() string {
	var page strings.Builder
	page.WriteString(manualHead)
	for _, c := range commands() {
		flags, _ := c.flagSet()
		fmt.Fprintf(&page, ".SS %s\n.B lightdht %s\n", c.name, c.name)
		if flags.HasFlags() {
			page.WriteString(".RI [ flags ]\n")
		}
		if c.args != "" {
			page.WriteString(roff(c.args) + "\n")
		}
		fmt.Fprintf(&page, ".PP\n%s.\n", roff(strings.ToUpper(c.short[:1])+c.short[1:]))
		page.WriteString(manualText(c.help))
		page.WriteString(manualFlags(flags))
	}
	page.WriteString(manualTail)
	return page.String()
}

// manualFlags lists the flags of a command as its help does.
func manualFlags(flags *pflag.FlagSet) string {
	var list [][2]string
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			name, text := flagName(f)
			list = append(list, [2]string{strings.TrimSpace(name), text})
		}
	})
	return manualList(list)
}

// manualList is a list of terms, each with a text.
func manualList(list [][2]string) string {
	var page strings.Builder
	for _, item := range list {
		fmt.Fprintf(&page, ".TP\n.B %s\n%s\n", strings.ReplaceAll(roff(item[0]), `"`, `\(dq`), roff(item[1]))
	}
	return page.String()
}

// manualText is the text of a help: paragraphs that are indented stay as they are.
func manualText(text string) string {
	var page strings.Builder
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		before, after := ".PP\n", "\n"
		if strings.HasPrefix(paragraph, " ") {
			before, after = ".PP\n.EX\n", "\n.EE\n"
		}
		page.WriteString(before + roff(strings.Trim(paragraph, "\n")) + after)
	}
	return page.String()
}

// roff has text mean itself to troff.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
