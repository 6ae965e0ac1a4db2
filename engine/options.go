package engine

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"github.com/lightdht/lightdht/engine/files"
)

// Options says what a script can see. The zero value is a script that computes.
type Options struct {
	Clock  Clock     // nil: NewWall()
	Stdin  io.Reader // nil: empty
	Stdout io.Writer // what print and io.write write; nil: discarded
	Stderr io.Writer // failures that nobody waits for; nil: discarded

	Args      []string  // the script's arg; Args[0] is its path, arg[0]
	Random    Source    // where math.random draws from; nil: unpredictable
	StartTime time.Time // what os.time says at the start, and in which time zone; zero: the wall clock's
	ScriptDir string    // folder in which require looks and which the script may read; "": none
	Library   fs.FS     // modules that come with the host: require "a.b" opens a/b.lua; nil: none
	Modules   []Module  // globals that Go offers
	Grants    Grants    // what else the script may read and write

	Log *slog.Logger // for modules; nil: discarded

	// Limits; zero is none. A run that goes over one ends with a *LimitError.
	MaxInstructions int64 // per Run, about 12 ns each
	MaxMemory       int64 // bytes that the process may take more than when Run began, a sixteenth of them in reserve; a console's task is stopped
	HostMemory      int64 // of these, bytes that the host's own data may come to take: on top of MaxMemory
	// MaxBusy is for how long a task may run without a blocking call; not in Serve. On the wall clock it is wall time. On a
	// virtual one it is what a machine of the usual speed computes in that time, 80 million instructions a second, so that
	// what a run gives does not depend on how busy the machine is.
	MaxBusy   time.Duration
	MaxTasks  int   // that have not ended, when a script spawns one more
	MaxOutput int64 // bytes written to Stdout, Stderr and files, and what else modules write through Metered
	// OnStuck is called once, from a goroutine of its own, when MaxMemory or MaxBusy was exceeded a second ago and the
	// script is still inside one library function: nothing in this process can end that, so a host that runs one script
	// may want to end itself. nil: Run returns when the function does.
	OnStuck func(*LimitError)
	// Excused reports whether the script is kept waiting by the host program, as by a reader of its output that is slow;
	// such time does not count as busy. It is called from a goroutine of its own. nil: never.
	Excused func() bool
}

// Source is where randomness comes from. A simulation passes one that repeats.
type Source interface{ Uint64() uint64 }

// Grants say which files a run may touch, besides reading its own folder.
type Grants = files.Grants

// Files opens files for a script, within its grants.
type Files = files.Access

// ErrNotGranted is the reason why a path was refused.
var ErrNotGranted = files.ErrNotGranted

// withDefaults fills in the values for fields that are not set.
func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = NewWall()
	}
	if o.Stdout == nil {
		o.Stdout = io.Discard
	}
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	if o.Random == nil {
		o.Random = cryptoSource{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.StartTime.IsZero() {
		o.StartTime = time.Now()
	}
	return o
}

// cryptoSource cannot be predicted.
type cryptoSource struct{}

func (cryptoSource) Uint64() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}
