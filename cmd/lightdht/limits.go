package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// limitFlags bound what a script may use; zero lifts a limit. The defaults are those of
// [experiment.DefaultLimits].
type limitFlags struct {
	maxMemory       size
	maxBusy         time.Duration
	maxInstructions int64
	maxTasks        int
	maxNodes        int
	maxRows         int64
	maxOutput       size
}

// limitNames tells which flag sets a limit, as [engine.LimitError] calls it.
var limitNames = map[string]string{
	"memory": "max-memory", "busy": "max-busy", "instructions": "max-instructions", "tasks": "max-tasks",
	"nodes": "max-nodes", "rows": "max-rows", "output": "max-output", "bytes": "max-output",
}

func (f *limitFlags) register(flags *pflag.FlagSet) {
	f.registerMemory(flags)
	f.maxOutput = size(experiment.DefaultLimits.Output)
	flags.DurationVar(&f.maxBusy, "max-busy", experiment.DefaultLimits.Busy, "how long it may compute without a blocking call such as sleep or a query; on a simulated network in instructions, 80 million for a second, whatever else the machine does")
	flags.Int64Var(&f.maxInstructions, "max-instructions", 0, "how many Lua instructions it may run in all, some 80 million a second (default: no limit)")
	flags.IntVar(&f.maxTasks, "max-tasks", experiment.DefaultLimits.Tasks, "how many tasks it may have at a time")
	flags.IntVar(&f.maxNodes, "max-nodes", experiment.DefaultLimits.Nodes, "how many nodes it may have open at a time")
	flags.Int64Var(&f.maxRows, "max-rows", experiment.DefaultLimits.Rows, "how many rows it may record")
	flags.Var(&f.maxOutput, "max-output", "how much it may write, a `SIZE` like 500MiB: what it prints and logs, its files, and its rows, which count once (default 1GiB)")
}

// registerMemory is the one limit of a console: a person can press Ctrl-C instead of the others.
func (f *limitFlags) registerMemory(flags *pflag.FlagSet) {
	f.maxMemory = size(experiment.DefaultLimits.Memory)
	flags.Var(&f.maxMemory, "max-memory", "how much memory the script may take, a `SIZE` like 4GiB, beside that of a simulated world (default 1GiB); 0 lifts this limit, as it does the others")
}

// check refuses negative limits.
func (f *limitFlags) check() error {
	for name, n := range map[string]int64{
		"max-busy": int64(f.maxBusy), "max-instructions": f.maxInstructions, "max-tasks": int64(f.maxTasks),
		"max-nodes": int64(f.maxNodes), "max-rows": f.maxRows,
	} {
		if n < 0 {
			return fmt.Errorf("--%s must not be negative; 0 lifts the limit", name)
		}
	}
	return nil
}

// limits are those of a run; a flag of 0 lifts its limit.
func (f *limitFlags) limits() experiment.Limits {
	return experiment.Limits{
		Memory: lift(int64(f.maxMemory)), Busy: lift(f.maxBusy), Instructions: lift(f.maxInstructions), Tasks: lift(f.maxTasks),
		Nodes: lift(f.maxNodes), Rows: lift(f.maxRows), Output: lift(int64(f.maxOutput)),
	}
}

// lift is a flag's value, or no limit if that is 0.
func lift[T int | int64 | time.Duration](value T) T {
	if value == 0 {
		return experiment.Unlimited
	}
	return value
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

// stuckPatience is how long the end of a run may take to be written when the script cannot be
// stopped.
const stuckPatience = 2 * time.Second

// stuck ends the process when a library function does not come to an end: nothing else can. The
// records have been written by then; finish completes the manifest.
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

// size is a flag for a number of bytes: 1GiB, 500MB, 64k, 1000000.
type size int64

// sizeUnits are powers of 1024 with or without the i, as ulimit and Go's GOMEMLIMIT have it, so
// that nobody gets less than was meant.
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
