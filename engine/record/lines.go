package record

import (
	"io"
)

// NewLines makes a sink that writes JSON Lines, one call of w.Write for each row. Closing it leaves
// w open.
func NewLines(w io.Writer) Sink { return lines{w} }

// lines goes to a stream.
type lines struct{ w io.Writer }

func (l lines) Put(e Entry) error {
	if _, err := l.w.Write(e.Line); err != nil {
		return problem("%w", err)
	}
	return nil
}

func (l lines) Close() error { return nil }

// lineFile goes to a file of its own.
type lineFile struct{ *file }

func (l lineFile) Put(e Entry) error { return l.append(e.Line) }

func (l lineFile) Close() error { return l.close() }
