package engine

import (
	"errors"
	"io"
)

// outputMeter counts the bytes that a script writes, to all streams and files together.
type outputMeter struct {
	scheduler *scheduler
	limit     int64 // in bytes; 0: no limit
	used      int64
}

// on is a writer whose bytes count. Write to it on the baton.
func (m *outputMeter) on(w io.Writer) io.Writer { return metered{w, m} }

type metered struct {
	io.Writer
	meter *outputMeter
}

func (w metered) Write(p []byte) (int, error) {
	if err := w.meter.take(len(p)); err != nil {
		return 0, err
	}
	return w.Writer.Write(p)
}

// WriteString saves the copy of a string.
func (w metered) WriteString(s string) (int, error) {
	if err := w.meter.take(len(s)); err != nil {
		return 0, err
	}
	return io.WriteString(w.Writer, s)
}

// take counts n bytes before they are written. If they exceed the limit, it ends the task.
func (m *outputMeter) take(n int) error {
	if m.used += int64(n); m.limit <= 0 || m.used <= m.limit {
		return nil
	}
	text := sizeText(m.limit) + " of output"
	m.scheduler.Exceed("output", text)
	return errors.New("over the limit of " + text)
}
