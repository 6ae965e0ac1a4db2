package bridge

import (
	"fmt"
	"strings"
)

// row is what came of one client.
type row struct {
	joined, announced, nat, loss bool
	met, named                   int // how many of our nodes that stay it met, and how many of these name it
	asked, asks                  int // queries in a minute while idle: of all our nodes to it, and of it to them
	packets, faults              int // of our packets to it
	complaints                   int // lines of its log, and errors that it sent
}

func (w *world) report() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-15s %-7s %-10s %-4s %-5s %-7s %-19s %-8s %-7s %s\n", "client", "joined", "announces", "NAT", "loss", "named",
		"idle queries/min", "packets", "faults", "complaints")
	fmt.Fprintf(&b, "%-15s %-7s %-10s %-4s %-5s %-7s %-9s %-9s %-8s %-7s %s\n", "", "both", "both ways", "", "5 %", "by",
		"to it", "to us", "of ours", "in them", "about us")
	for i, r := range w.rows {
		complaints := fmt.Sprint(r.complaints)
		if clients[i].complaint == nil {
			complaints += ", no log"
		}
		fmt.Fprintf(&b, "%-15s %-7s %-10s %-4s %-5s %-7s %-9d %-9d %-8d %-7d %s\n", clients[i].Name, yes(r.joined), yes(r.announced),
			yes(r.nat), yes(r.loss), fmt.Sprintf("%d/%d", r.named, r.met), r.asked, r.asks, r.packets, r.faults, complaints)
	}
	return b.String()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "-"
}
