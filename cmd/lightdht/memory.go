package main

import (
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"

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

// garbageBound keeps the memory of the process near what its scripts may take: by default Go lets
// garbage grow to as much as is in use. Several scripts of a sweep share one bound.
type garbageBound struct {
	sync.Mutex
	scripts int
	bytes   int64 // that they may take together
	base    int64 // what the process held before the first
}

// slack is what the bound allows beyond that, in bytes; chosen by us. With less, Go would collect
// over and over while a script is near its limit.
const slack = 16 << 20

// allow raises the bound by the bytes that a script may take, until release is called; 0 means no
// limit.
func (g *garbageBound) allow(bytes int64) (release func()) {
	if g == nil || bytes == 0 {
		return func() {}
	}
	g.change(1, bytes)
	return func() { g.change(-1, -bytes) }
}

func (g *garbageBound) change(scripts int, bytes int64) {
	g.Lock()
	defer g.Unlock()
	if g.scripts == 0 {
		g.base = memoryHeld()
	}
	g.scripts += scripts
	g.bytes += bytes
	limit := int64(math.MaxInt64)
	if g.scripts > 0 {
		limit = g.base + g.bytes + slack
	}
	debug.SetMemoryLimit(limit)
}

// memoryHeld is what Go's runtime has of the system and has not given back, in bytes.
func memoryHeld() int64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64())
}
