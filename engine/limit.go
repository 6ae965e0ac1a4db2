package engine

import (
	"errors"
	"io"
	"runtime"
	"strconv"
	"time"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/visible"
)

// LimitError says that the run used more than it was allowed.
type LimitError struct {
	Limit    string // "instructions", "memory", "busy", "tasks", "output", or what a module gave to Exceed
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

// Exceed ends the run with a *LimitError: the task that holds the baton does not return from it, and no pcall catches
// it. It is for what a module counts itself, and to be called on the baton; outside of any task it returns, and the run
// ends as soon as the baton is given away.
func (e *Engine) Exceed(limit, text string) {
	e.halt(e.placed(&LimitError{Limit: limit, Text: text}))
	if e.holder != nil {
		runtime.Goexit()
	}
}

// placed names the line that is running, or failing that the one on which the main task waits.
func (e *Engine) placed(limit *LimitError) *LimitError {
	found := *limit
	if e.holder != nil {
		found.Position = lua51.Position(e.lua.G.CurrentThread, 1)
	} else if w := e.waiting(); len(w) > 0 {
		found.Position = w[0].Position
	}
	return &found
}

func instructionsText(n int64) string { return strconv.FormatInt(n, 10) + " instructions" }

func busyText(d time.Duration) string { return d.String() + " without a blocking call" }

// sizeText writes a number of bytes in the largest unit of which it has one: "1 GiB", "1.5 MiB".
func sizeText(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	size, unit := float64(n), 0
	for size >= 1024 && unit < len(units)-1 {
		size /= 1024
		unit++
	}
	return strconv.FormatFloat(size, 'g', 4, 64) + " " + units[unit]
}

// meter counts what a script writes, to all streams and files together.
type meter struct {
	engine *Engine
	limit  int64 // bytes; 0: none
	used   int64
}

// on is a writer whose bytes count. Only the baton holder writes to it.
func (m *meter) on(w io.Writer) io.Writer { return metered{w, m} }

type metered struct {
	io.Writer
	meter *meter
}

func (w metered) Write(p []byte) (int, error) {
	if err := w.meter.take(len(p)); err != nil {
		return 0, err
	}
	return w.Writer.Write(p)
}

// WriteString spares a copy where the text is one.
func (w metered) WriteString(s string) (int, error) {
	if err := w.meter.take(len(s)); err != nil {
		return 0, err
	}
	return io.WriteString(w.Writer, s)
}

// Metered is a writer whose bytes count as output of the script. It is for what modules write into files; call its Write
// on the baton.
func (e *Engine) Metered(w io.Writer) io.Writer { return e.output.on(w) }

// Wrote counts bytes as output of the script that something else has written, such as results. Call it on the baton.
func (e *Engine) Wrote(bytes int64) { e.output.take(int(bytes)) }

// take counts n bytes before they are written. If they are too many, it does not return to a task.
func (m *meter) take(n int) error {
	if m.used += int64(n); m.limit <= 0 || m.used <= m.limit {
		return nil
	}
	text := sizeText(m.limit) + " of output"
	m.engine.Exceed("output", text)
	return errors.New("over the limit of " + text)
}
