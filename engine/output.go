package engine

import (
	"errors"
	"io"
)

// outputMeter counts what a script writes, to all streams and files together.
type outputMeter struct {
	scheduler *scheduler
	limit     int64 // bytes; 0: none
	used      int64
}

// on is a writer whose bytes count. Only the baton holder writes to it.
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

// WriteString spares a copy where the text is one.
func (w metered) WriteString(s string) (int, error) {
	if err := w.meter.take(len(s)); err != nil {
		return 0, err
	}
	return io.WriteString(w.Writer, s)
}

// take counts n bytes before they are written. If they are too many, it does not return to a task.
func (m *outputMeter) take(n int) error {
	if m.used += int64(n); m.limit <= 0 || m.used <= m.limit {
		return nil
	}
	text := sizeText(m.limit) + " of output"
	m.scheduler.Exceed("output", text)
	return errors.New("over the limit of " + text)
}
