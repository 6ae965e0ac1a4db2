package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind"
)

// limitFlags bound what a script may use; zero lifts a limit. The defaults are ours: far above what an experiment needs
// that is not out of control, far below what would harm the machine.
type limitFlags struct {
	maxMemory       size
	maxBusy         time.Duration
	maxInstructions int64
	maxTasks        int
	maxNodes        int
	maxRows         int64
	maxOutput       size

	excused func() bool // see engine.Options
}

// limitNames tells which flag sets a limit, as [engine.LimitError] calls it.
var limitNames = map[string]string{
	"memory": "max-memory", "busy": "max-busy", "instructions": "max-instructions", "tasks": "max-tasks",
	"nodes": "max-nodes", "rows": "max-rows", "output": "max-output", "bytes": "max-output",
}

func (f *limitFlags) register(flags *pflag.FlagSet) {
	f.registerMemory(flags)
	f.maxOutput = 1 << 30
	flags.DurationVar(&f.maxBusy, "max-busy", 10*time.Second, "how long it may compute without a blocking call such as sleep or a query; on a simulated network in instructions, 80 million for a second, whatever else the machine does")
	flags.Int64Var(&f.maxInstructions, "max-instructions", 0, "how many Lua instructions it may run in all, some 80 million a second (default: no limit)")
	flags.IntVar(&f.maxTasks, "max-tasks", 100_000, "how many tasks it may have at a time")
	flags.IntVar(&f.maxNodes, "max-nodes", 10_000, "how many nodes it may have open at a time")
	flags.Int64Var(&f.maxRows, "max-rows", 10_000_000, "how many rows it may record")
	flags.Var(&f.maxOutput, "max-output", "how much it may write, a `SIZE` like 500MiB: what it prints and logs, its files, and its rows, which count once (default 1GiB)")
}

// registerMemory is the one limit that a person at a console needs, who has Ctrl-C for the others.
func (f *limitFlags) registerMemory(flags *pflag.FlagSet) {
	f.maxMemory = 1 << 30
	flags.Var(&f.maxMemory, "max-memory", "how much memory the script may take, a `SIZE` like 4GiB, beside that of a simulated world (default 1GiB); 0 lifts this limit, as it does the others")
}

// check refuses what is no limit, and has the engine fit its arrays to that of memory.
func (f *limitFlags) check() error {
	for name, n := range map[string]int64{
		"max-busy": int64(f.maxBusy), "max-instructions": f.maxInstructions, "max-tasks": int64(f.maxTasks),
		"max-nodes": int64(f.maxNodes), "max-rows": f.maxRows,
	} {
		if n < 0 {
			return fmt.Errorf("--%s must not be negative; 0 lifts the limit", name)
		}
	}
	engine.FitArrays(int64(f.maxMemory))
	return nil
}

// records are the limits of what is recorded.
func (f *limitFlags) records() record.Limits {
	return record.Limits{Rows: f.maxRows, Bytes: int64(f.maxOutput)}
}

// limit puts the limits into the options of an engine.
func (f *limitFlags) limit(o *engine.Options, net *runNetwork) {
	o.MaxMemory, o.HostMemory = int64(f.maxMemory), worldGrowth(net)
	o.MaxBusy, o.MaxInstructions = f.maxBusy, f.maxInstructions
	o.MaxTasks, o.MaxOutput = f.maxTasks, int64(f.maxOutput)
	o.Excused = f.excused
}

// worldGrowth is what a simulated world may come to need beyond what it takes at the start, in bytes: as much again as
// its members need at rest.
func worldGrowth(net *runNetwork) int64 {
	if net.network.World == nil {
		return 0
	}
	return int64(net.network.World.Size()) * sim.BytesPerNode
}

// mayTake is what the script and its world may come to take, in bytes; 0 if nothing bounds it.
func (f *limitFlags) mayTake(net *runNetwork) int64 {
	if f.maxMemory == 0 {
		return 0
	}
	return int64(f.maxMemory) + 2*worldGrowth(net)
}

// limitNodes bounds how many nodes a script may have open. exceed is called for the one that is too many.
func (f *limitFlags) limitNodes(n luabind.Network, exceed func(limit, text string)) luabind.Network {
	open, left := n.Open, f.maxNodes
	if open == nil || left == 0 {
		return n
	}
	n.Open = func(cfg dht.Config) (luabind.Loop, error) {
		if left == 0 {
			exceed("nodes", fmt.Sprintf("%d open nodes", f.maxNodes))
		}
		l, err := open(cfg)
		if err != nil {
			return nil, err
		}
		left--
		return &counted{Loop: l, closed: func() { left++ }}, nil
	}
	return n
}

// counted is a node that counts while it is open. The script's task that closes it holds the baton.
type counted struct {
	luabind.Loop
	closed func()
}

func (c *counted) Close() error {
	if c.closed != nil {
		c.closed()
		c.closed = nil
	}
	return c.Loop.Close()
}

// overLimit says which limit err is about, with the flag that sets it.
func overLimit(err error) (text string, ok bool) {
	over, ok := errors.AsType[*engine.LimitError](err)
	if !ok {
		return "", false
	}
	text = over.Error()
	if flag := limitNames[over.Limit]; flag != "" {
		text += " (--" + flag + ")"
	}
	return text, true
}

// stuckPatience is how long the end of a run may take to be written when the script cannot be stopped.
const stuckPatience = 2 * time.Second

// stuck ends the process when a library function does not come to an end: nothing else can. What was recorded has been
// written by then; finish completes the manifest.
func (h *host) stuck(over *engine.LimitError, finish func()) {
	text, _ := overLimit(over)
	h.complain("%s; the function called there did not stop by itself", text)
	finished := make(chan struct{})
	go func() { // ends with the process
		finish()
		close(finished)
	}()
	select {
	case <-finished:
	case <-time.After(stuckPatience):
	}
	h.exit(exitLimit)
}

// pipe is a writer that tells whether its reader keeps somebody waiting.
type pipe struct {
	io.Writer
	writing *atomic.Int32
}

func (p pipe) Write(b []byte) (int, error) {
	p.writing.Add(1)
	defer p.writing.Add(-1)
	return p.Writer.Write(b)
}

// piped is h with streams that tell: a script that waits for a reader, a pager that a person reads in, is not stuck.
func (h *host) piped() (*host, func() bool) {
	watched, writing := *h, new(atomic.Int32)
	watched.out, watched.errout = pipe{h.out, writing}, pipe{h.errout, writing}
	return &watched, func() bool { return writing.Load() > 0 }
}

// size is a flag for a number of bytes: 1GiB, 500MB, 64k, 1000000.
type size int64

// sizeUnits are powers of 1024 with or without the i, as ulimit and Go's GOMEMLIMIT have it, so that nobody gets less
// than was meant.
var sizeUnits = map[string]float64{
	"": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mb": 1 << 20, "mib": 1 << 20,
	"g": 1 << 30, "gb": 1 << 30, "gib": 1 << 30, "t": 1 << 40, "tb": 1 << 40, "tib": 1 << 40,
}

// text is a size for people.
func (s size) text() string {
	if s == 0 {
		return "any amount"
	}
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	n, unit := float64(s), 0
	for n >= 1024 && unit < len(units)-1 {
		n /= 1024
		unit++
	}
	return strconv.FormatFloat(n, 'g', 4, 64) + " " + units[unit]
}

func (s *size) String() string { return "" }
func (s *size) Type() string   { return "size" }

func (s *size) Set(text string) error {
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit, known := sizeUnits[strings.ToLower(strings.TrimSpace(text[len(number):]))]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !known || !(n >= 0) || n*unit > math.MaxInt64/2 {
		return errors.New("a size is needed, as in 500MiB or 4GiB")
	}
	*s = size(n * unit)
	return nil
}
