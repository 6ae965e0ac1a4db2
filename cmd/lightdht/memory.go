package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// worldMemory is how much the members of simulated networks may take, in bytes.
func (h *host) worldMemory() int64 { return experiment.WorldMemory(h.readFile) }

// roomForFlag is roomFor, if err is that of a flag with a number of nodes.
func roomForFlag(err error, memory int64) string {
	wrong, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return ""
	}
	nodes, set := strings.CutPrefix(wrong.GetValue(), "nodes=")
	if flag := wrong.GetFlag().Name; flag == "sim" || flag == "set" && set {
		return roomFor(nodes, memory)
	}
	return ""
}

// roomFor goes on from a sentence that says that a number of nodes is too large for
// any network: it says how many this machine has memory for, if fewer than that.
func roomFor(nodes string, memory int64) string {
	fit := memory / sim.BytesPerNode
	if n, err := strconv.ParseFloat(nodes, 64); err != nil || !(n > float64(fit)) {
		return ""
	}
	return fmt.Sprintf("; this machine has memory for %d", fit)
}
