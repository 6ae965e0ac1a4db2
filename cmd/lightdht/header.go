package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind"
)

// printHeader prints what an experiment says of itself.
func printHeader(out io.Writer, path string, h *luabind.Header) {
	if h.Title != "" {
		fmt.Fprintf(out, "%s\n\n", h.Title)
	}
	if h.Description != "" {
		fmt.Fprintf(out, "%s\n\n", h.Description)
	}
	usage := "usage: lightdht run " + path
	if len(h.Params) > 0 {
		usage += " [--parameter=value ...]"
	}
	fmt.Fprintf(out, "%s\n", usage)
	if len(h.Params) > 0 {
		fmt.Fprintf(out, "\nparameters and their defaults:\n")
		for _, p := range h.Params {
			fmt.Fprintf(out, "  --%s=%v  (%s)\n", p.Name, p.Default, typeName(p.Default))
		}
	}
	fmt.Fprintf(out, "\nnetwork: %s\n", describeNetwork(h.Network))
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
func describeNetwork(n luabind.NetworkSpec) string {
	if len(n.Settings) == 0 {
		return fmt.Sprintf("simulated, %d nodes, unless flags say otherwise", sim.DefaultNodes)
	}
	var settings []string
	for _, s := range n.Settings {
		settings = append(settings, s.Name+" = "+s.Value)
	}
	return "simulated, " + strings.Join(settings, ", ") + ", unless flags say otherwise"
}
