package main

import (
	"fmt"
	"io"

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
	nodes := sim.DefaultNodes
	if n.Nodes != nil {
		nodes = *n.Nodes
	}
	text := fmt.Sprintf("%d nodes", nodes)
	if n.Latency != nil {
		if n.Latency.Constant > 0 {
			text += fmt.Sprintf(", round trip %v", n.Latency.Constant)
		} else {
			text += fmt.Sprintf(", median round trip %v, sigma %v", n.Latency.Median, n.Latency.Sigma)
		}
	}
	if n.Loss != nil {
		text += fmt.Sprintf(", loss %v", *n.Loss)
	}
	if n.NAT != nil {
		text += fmt.Sprintf(", %v behind NAT", *n.NAT)
	}
	if n.Start != "" {
		text += ", " + n.Start + " start"
	}
	if n.Seed != nil {
		text += fmt.Sprintf(", seed %d", *n.Seed)
	}
	return text + " (simulated), unless flags say otherwise"
}
