package engine

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/visible"
)

// ErrCancelled is the error of a blocking call of a cancelled task.
var ErrCancelled = errors.New("task cancelled")

// ErrClosed is returned by Run and Set after Close.
var ErrClosed = errors.New("engine: closed")

// ScriptError is an error that a script raised and did not catch, or a syntax error.
type ScriptError struct {
	Message   string // without position
	Position  string // "script.lua:12", or "" if unknown
	Traceback string // the Lua functions that were running, innermost first, one per line; "" for an error of a file
	Cause     error  // a Go error that came through Lua ([Deadlock], [ErrCancelled], an error of a module), or nil
	Value     any    // the raised value, as a plain Go value
	Reported  bool   // a task failed while no task waited for it, and Stderr has been told
}

// Error is the message after its position.
func (e *ScriptError) Error() string {
	if e.Position == "" {
		return e.Message
	}
	return visible.Line(e.Position) + ": " + e.Message
}

// Unwrap returns the Go error behind it.
func (e *ScriptError) Unwrap() error { return e.Cause }

// Waiting says where a task waits and what for.
type Waiting struct {
	Position string // "script.lua:12"
	What     string // "dht.get_peers"; empty if the task was busy
	Main     bool   // it is the script's main task
}

func (w Waiting) String() string {
	switch {
	case w.What == "":
		return visible.Line(w.Position)
	case w.Position == "":
		return "waiting for " + visible.Line(w.What)
	}
	return visible.Line(w.Position + ", waiting for " + w.What)
}

// Interrupted is what Run returns when its context was cancelled before the script was done.
type Interrupted struct {
	Waiting []Waiting // the main task first, if it had not ended
	Cause   error     // why the context was cancelled
}

// Error names the line on which the main task was, or else the oldest other task.
func (e *Interrupted) Error() string {
	if len(e.Waiting) == 0 {
		return "interrupted"
	}
	w := e.Waiting[0]
	if w.Position == "" {
		return "interrupted " + w.String()
	}
	return "interrupted at " + w.String()
}

// Unwrap returns the reason.
func (e *Interrupted) Unwrap() error { return e.Cause }

// Deadlock is the error of every wait when no task can ever go on.
type Deadlock struct {
	Waiting []Waiting
}

func (e *Deadlock) Error() string {
	lines := make([]string, 0, len(e.Waiting))
	for _, w := range e.Waiting {
		if len(lines) == lua51.MaxFrames {
			lines = append(lines, "...")
			break
		}
		lines = append(lines, w.String())
	}
	return "deadlock: no task can go on: " + strings.Join(lines, "; ")
}

// LimitError says that the run used more than it was allowed.
type LimitError struct {
	Limit    string // "instructions", "memory", "busy", "tasks", "output", or the name that a module gave to Exceed
	Text     string // the limit in words: "1 GiB of memory"
	Position string // where it was noticed; "" if unknown
}

func (e *LimitError) Error() string {
	text := "over the limit of " + e.Text
	if e.Position != "" {
		text = visible.Line(e.Position) + ": " + text
	}
	return text
}

func busyError(d time.Duration) *LimitError {
	return &LimitError{Limit: "busy", Text: d.String() + " without a blocking call"}
}

func memoryError(limit int64) *LimitError {
	return &LimitError{Limit: "memory", Text: sizeText(limit) + " of memory"}
}

// sizeText writes a number of bytes in a suitable unit: "1 GiB", "1.5 MiB".
func sizeText(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	size, unit := float64(n), 0
	for size >= 1024 && unit < len(units)-1 {
		size /= 1024
		unit++
	}
	return strconv.FormatFloat(size, 'g', 4, 64) + " " + units[unit]
}
