package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/visible"
	"github.com/lightdht/lightdht/luabind/network"
)

// printHeader prints what an experiment says of itself.
func printHeader(out io.Writer, path string, h *network.Header) {
	if h.Title != "" {
		fmt.Fprintf(out, "%s\n\n", inLine(h.Title))
	}
	if h.Description != "" {
		fmt.Fprintf(out, "%s\n\n", visible.Text(h.Description))
	}
	usage := "usage: lightdht run " + path
	if len(h.Params) > 0 {
		usage += " [--parameter=value ...]"
	}
	fmt.Fprintf(out, "%s\n", usage)
	if len(h.Params) > 0 {
		fmt.Fprintf(out, "\nparameters and their defaults:\n")
		for _, p := range h.Params {
			fmt.Fprintf(out, "  --%s=%s  (%s)\n", p.Name, inLine(fmt.Sprint(p.Default)), typeName(p.Default))
		}
	}
	fmt.Fprintf(out, "\nnetwork: %s\n", describeNetwork(h.Network))
}

// inLine is a text in a single line, for values among our own words.
func inLine(text string) string { return strings.Join(strings.Fields(visible.Text(text)), " ") }

// A quotation is no wider than most terminals: the rest of a line that wraps would
// begin where our own words do. It is no longer than part of a screen. Chosen by us.
const (
	quoteColumns = 70
	quoteLines   = 12
)

// quote prints the text of a stranger behind a bar, which tells it from our own words.
func quote(out io.Writer, text string) {
	left := quoteLines
	for line := range strings.Lines(strings.TrimSpace(visible.Text(text))) {
		for _, part := range fill(inLine(line), quoteColumns) {
			for _, piece := range broken(part, quoteColumns) {
				if left--; left == 0 {
					fmt.Fprintf(out, "  | ... and more\n")
					return
				}
				fmt.Fprintf(out, "  | %s\n", piece)
			}
		}
	}
}

// broken cuts a text into pieces that are at most columns wide.
func broken(text string, columns int) (pieces []string) {
	start, width := 0, 0
	for i, r := range text {
		wide := 1
		if r >= 0x1100 { // as much of Unicode from here on
			wide = 2
		}
		if width += wide; width > columns {
			pieces, start, width = append(pieces, text[start:i]), i, wide
		}
	}
	return append(pieces, text[start:])
}

// printBundle prints what an archive adds to what its script says.
func printBundle(out io.Writer, b *bundle.Bundle) {
	for _, p := range b.Parameters {
		fmt.Fprintf(out, "packed with --%s=%s\n", inLine(p.Name), inLine(p.Value.(string)))
	}
	for _, a := range b.Args {
		fmt.Fprintf(out, "packed with the argument %q\n", string(a))
	}
	for _, f := range b.Files {
		fmt.Fprintf(out, "holds %s, %d bytes\n", f.Name, len(f.Data))
	}
	if b.Run != nil {
		m := &b.Run.Manifest
		fmt.Fprintf(out, "was run by lightdht %s: %d rows, digest %v; \"lightdht verify\" runs it again\n", inLine(m.Version), m.Rows, m.Results)
	}
}

func typeName(v any) string {
	switch v.(type) {
	case float64:
		return "number"
	case bool:
		return "true or false"
	}
	return "string"
}

// describeNetwork says which simulated network an experiment asks for.
func describeNetwork(n network.Spec) string {
	if len(n.Settings) == 0 {
		return fmt.Sprintf("simulated, %d nodes, unless flags say otherwise", sim.DefaultNodes)
	}
	var settings []string
	for _, s := range n.Settings {
		settings = append(settings, s.Name+" = "+inLine(s.Value))
	}
	return "simulated, " + strings.Join(settings, ", ") + ", unless flags say otherwise"
}
