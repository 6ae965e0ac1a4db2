package experiment

import (
	"cmp"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/member"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/network"
)

// Options say how an experiment is run. The zero value means what "lightdht run FILE" means.
type Options struct {
	// Network changes the simulated network that the script's header asks for; see
	// [network.ParseSettings]. What neither names has the defaults of package sim, seed 1 and
	// [sim.DefaultNodes] nodes.
	Network network.Spec
	// Node says of the script's own node in a simulated network: ID, ReadOnly, Pace, TableLimit,
	// ClaimLimit.
	Node dht.Config
	// Realtime lets virtual time pass no faster than the wall clock.
	Realtime bool
	// WorldMemory is how many bytes the members of the simulated network may take; 0: half of what
	// the machine can spare.
	WorldMemory int64
	// Cores bounds how many processors the simulated network uses; 0: all.
	Cores int
	// Digest has all datagrams of a simulated network summed up: Outcome.Trace. Out, RunDir and
	// Keep imply it.
	Digest bool
	// Real makes the script's node one on real sockets, of the network that its Way leads into;
	// nil: the network is simulated. Its Lookup is the system's and its Warn writes to Stderr,
	// where these are nil.
	Real *member.Config

	Stdin  io.Reader // of the script; nil: os.Stdin
	Stdout io.Writer // nil: os.Stdout
	Stderr io.Writer // of the script, its log included; nil: os.Stderr
	// Level is from which level on the script's log is written.
	Level slog.Level

	// Rows is how records go to Stdout.
	Rows Rows
	// Out is a file for records too, .csv or .jsonl, with a manifest beside it; "": none.
	Out string
	// RunDir is a new folder for manifest, script and records; the script's own files go to its
	// folder "files". "": none.
	RunDir string
	// Sinks take records too. They are closed when the run has ended.
	Sinks []record.Sink
	// Keep has the run kept for an archive: Outcome.Kept. The script's standard input is then
	// empty.
	Keep bool

	Limits Limits
	// Timeout ends the run after this long on the wall clock; 0: never.
	Timeout time.Duration
	// Read and Write are folders that the script may use besides its own. ReadFlag and WriteFlag
	// are what a person adds to a command line to grant one, for the messages of what is refused;
	// "": nothing does.
	Read, Write         []string
	ReadFlag, WriteFlag string
	// Files is the folder for files that the script writes; "": the script's name with the ending
	// .run.
	Files string
	// FilesSub is the folder within Files of this run alone; "": Files itself.
	FilesSub string

	// Version is that of the program, for manifests and archives; "": what the build knows of this
	// module.
	Version string

	// Values become globals of the script, through gopher-luar.
	Values map[string]any

	// Watch is told how the run goes on.
	Watch Watch
	// Reserve is told how many bytes the script and its world may come to take, 0 for any number,
	// before the script is run; release is called after it. A program may bound its garbage by it.
	// nil: nobody is told.
	Reserve func(bytes int64) (release func())
	// Stuck is called once, from a goroutine of its own, when a limit was exceeded and the script
	// is inside a library function that does not end: nothing in the process can end that. finish
	// completes the manifest. nil: Run returns when that function does.
	Stuck func(over *engine.LimitError, finish func())

	beside int64 // bytes that other runs of this process may come to take
}

// Watch is told how a run goes on, from the goroutine of Run. Functions that are nil are left out.
type Watch struct {
	// Making is called while the simulated network is made: before, about every 0.3 s or more
	// often, and after.
	Making func(done, total int)
	// Made is called when that is over, however it ended.
	Made func()
	// Returning is called, with a sentence, when it takes long to join a real network, as the nodes
	// of a large state file are asked.
	Returning func(text string)
	// Closing is called when the script has ended, and the network is about to be closed: a node
	// with a large table takes seconds to be saved.
	Closing func()
}

// Rows is how records go to the standard output.
type Rows int

const (
	RowsAsLines Rows = iota // JSON Lines
	RowsAsTable             // aligned, for people
	RowsNowhere             // only to files and sinks
)

// Unlimited lifts a limit.
const Unlimited = -1

// Limits bound what a script may use; 0 is the default, and [Unlimited], or any negative number,
// none. The defaults are chosen by us: far above what an experiment needs that is not out of
// control, far below what would harm the machine.
type Limits struct {
	Memory       int64         // bytes besides those of a simulated world; default: 1 GiB
	Busy         time.Duration // computing without a blocking call; default: 10 s
	Instructions int64         // of Lua, in all; default: unlimited
	Tasks        int           // at a time; default: 100,000
	Nodes        int           // open at a time; default: 10,000
	Rows         int64         // recorded; default: 10 million
	Output       int64         // bytes printed, logged and written to files, and of rows, which count once; default: 1 GiB
}

// DefaultLimits are what the zero Limits stand for. Instructions has no limit.
var DefaultLimits = Limits{
	Memory: 1 << 30, Busy: 10 * time.Second, Instructions: Unlimited, Tasks: 100_000, Nodes: 10_000, Rows: 10_000_000, Output: 1 << 30,
}

// settled has defaults for zero, and zero for what is not limited.
func (l Limits) settled() Limits {
	d := DefaultLimits
	return Limits{
		Memory: limit(l.Memory, d.Memory), Busy: limit(l.Busy, d.Busy), Instructions: limit(l.Instructions, d.Instructions),
		Tasks: limit(l.Tasks, d.Tasks), Nodes: limit(l.Nodes, d.Nodes), Rows: limit(l.Rows, d.Rows), Output: limit(l.Output, d.Output),
	}
}

func limit[T int | int64 | time.Duration](asked, usual T) T {
	if asked == 0 {
		asked = usual
	}
	return max(asked, 0)
}

// settled has the values that zero fields stand for.
func (o Options) settled() Options {
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.Stdout == nil {
		o.Stdout = os.Stdout
	}
	if o.Stderr == nil {
		o.Stderr = os.Stderr
	}
	o.Version = cmp.Or(o.Version, Version("", ""))
	o.Limits = o.Limits.settled()
	if o.Keep { // nobody would be there to type the same again, and more could not be packed
		o.Stdin = strings.NewReader("")
		o.Limits.Output = atMost(o.Limits.Output, bundle.MaxTotal)
	}
	o.Digest = o.Digest || o.Keep || o.Out != "" || o.RunDir != ""
	return o
}

// atMost is a limit, or most if that is lower or there is no limit.
func atMost(limit, most int64) int64 {
	if limit == 0 {
		return most
	}
	return min(limit, most)
}

// log is what log.info and the rest write to.
func (o *Options) log(to io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: o.Level}))
}
