package visible

import (
	"io"
	"unicode/utf8"
)

// Writer escapes all text that is written to it, as [Text] does. The bytes of one character may
// come in several writes. It is for one goroutine at a time.
type Writer struct {
	w    io.Writer
	held []byte // the beginning of a character
}

// NewWriter makes a Writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes p, but for the bytes at its end that only begin a character; these wait for the rest
// of it.
func (v *Writer) Write(p []byte) (int, error) {
	text := append(v.held, p...)
	whole := len(text) - unfinished(text)
	v.held = append([]byte(nil), text[whole:]...)
	if whole == 0 {
		return len(p), nil
	}
	if _, err := io.WriteString(v.w, Text(string(text[:whole]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes the beginning of a character that is still held.
func (v *Writer) Flush() error {
	if len(v.held) == 0 {
		return nil
	}
	_, err := io.WriteString(v.w, Text(string(v.held)))
	v.held = nil
	return err
}

// unfinished is how many bytes at the end of a text begin a character and do not complete it.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return n
			}
			return 0
		}
	}
	return 0
}
