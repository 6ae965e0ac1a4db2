package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

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
