package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/sim"
)

// worldMemory is how much the members of simulated networks may take, in bytes:
// half of what the machine can spare, since Go's garbage collector, left at its
// defaults, comes to use as much again. Where nobody says what it can spare, it is
// taken to have 22 GiB.
func (h *host) worldMemory() int64 {
	const somewhere = 22 << 30
	spare, ok := h.available()
	if !ok {
		spare = somewhere
	}
	if limit, ok := h.memoryLimit(); ok {
		spare = min(spare, limit)
	}
	return spare / 2
}

// roomForFlag is roomFor, if err is that of a flag with a number of nodes.
func (h *host) roomForFlag(err error) string {
	wrong, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return ""
	}
	nodes, set := strings.CutPrefix(wrong.GetValue(), "nodes=")
	if flag := wrong.GetFlag().Name; flag == "sim" || flag == "set" && set {
		return h.roomFor(nodes)
	}
	return ""
}

// roomFor goes on from a sentence that says that so many nodes are too many for any
// network: it says how many this machine has memory for, if fewer than that.
func (h *host) roomFor(nodes string) string {
	fit := h.worldMemory() / sim.BytesPerNode
	if n, err := strconv.ParseFloat(nodes, 64); err != nil || !(n > float64(fit)) {
		return ""
	}
	return fmt.Sprintf("; this machine has memory for %d", fit)
}

// available reads what Linux says it could give to a program without swapping.
func (h *host) available() (int64, bool) {
	text, err := h.readFile("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(text) {
		fields := bytes.Fields(line)
		if len(fields) == 3 && string(fields[0]) == "MemAvailable:" && string(fields[2]) == "kB" {
			kib, err := strconv.ParseInt(string(fields[1]), 10, 40)
			return kib << 10, err == nil && kib > 0
		}
	}
	return 0, false
}

// memoryLimit reads the limit of the container that the program runs in, if it is
// in one that has a limit: cgroup v2 of Linux.
func (h *host) memoryLimit() (int64, bool) {
	text, err := h.readFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return 0, false
	}
	limit, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	return limit, err == nil && limit > 0 // not a number: "max"
}
