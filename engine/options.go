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

// Options say what a script can see and use. The zero value is a script that only computes.
type Options struct {
	Clock  Clock     // nil: NewWall()
	Stdin  io.Reader // nil: empty
	Stdout io.Writer // of print and io.write; nil: discarded
	Stderr io.Writer // for failures of tasks that no task waits for; nil: discarded

	Args      []string  // the script's arg; Args[0] is its path, arg[0]
	Random    Source    // of math.random; nil: unpredictable
	StartTime time.Time // of os.time at the start, with the time zone; zero: the wall clock's
	ScriptDir string    // folder in which require looks and which the script may read; "": none
	Library   fs.FS     // modules that come with the host: require "a.b" opens a/b.lua; nil: none
	Modules   []Module  // globals that Go offers
	Grants    Grants    // further files that the script may read and write

	Log *slog.Logger // for modules; nil: discarded

	// Limits; zero means no limit. A run that exceeds one ends with a *LimitError.
	MaxInstructions int64 // per Run, about 12 ns each
	// MaxMemory is how far the memory of the process may grow after Run began, in bytes; a
	// sixteenth is kept in reserve. In a console, the task is stopped.
	MaxMemory  int64
	HostMemory int64 // bytes on top of MaxMemory, for the host's own data
	// MaxBusy is how long a task may run without a blocking call; it has no effect in Serve. On the
	// wall clock it is wall time. On a virtual clock it is the computing of a machine of the usual
	// speed in that time, 80 million instructions a second, so that the result of a run does not
	// depend on the load of the machine.
	MaxBusy   time.Duration
	MaxTasks  int   // live tasks at which a script can spawn no more
	MaxOutput int64 // bytes written to Stdout, Stderr and files, and through Metered
	// OnStuck is called once, from a goroutine of its own, when MaxMemory or MaxBusy was exceeded a
	// second ago and the script is still inside one library function. Nothing in this process can
	// end that function, so a host that runs one script may want to end itself. nil: Run returns
	// when the function does.
	OnStuck func(*LimitError)
	// Excused reports whether the host program keeps the script waiting, as by a slow reader of its
	// output. Such time does not count as busy. It is called from a goroutine of its own. nil:
	// never.
	Excused func() bool
}

// Source is a source of randomness. A simulation passes one that repeats.
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

// cryptoSource is unpredictable.
type cryptoSource struct{}

func (cryptoSource) Uint64() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])
}
