package stdlib

import (
	"bytes"
	"errors"
	"io"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// input is the buffered text of standard input or of a file.
type input struct {
	library *Library
	more    func(L *lua.LState) ([]byte, error) // reads some bytes, or none
	buffer  []byte
	err     error // at which the input ended
}

// readSize is how many bytes one read asks for.
const readSize = 32 << 10

// ReadSome reads up to 32 KiB with one call of Read.
func ReadSome(r io.Reader) ([]byte, error) {
	b := make([]byte, readSize)
	n, err := r.Read(b)
	return b[:n], err
}

// fileInput is the input from a file, which does not block.
func (l *Library) fileInput(r io.Reader) *input {
	return &input{library: l, more: func(*lua.LState) ([]byte, error) { return ReadSome(r) }}
}

// stdin is the standard input; empty if the host has none.
func (l *Library) stdin() *input {
	if l.host.Stdin == nil {
		return &input{library: l, err: io.EOF}
	}
	return &input{library: l, more: l.host.Stdin}
}

// fill reads more, and blocks the function that was called with L until some is there. False: there
// is no more.
func (in *input) fill(L *lua.LState) bool {
	if in.err != nil {
		return false
	}
	chunk, err := in.more(L)
	if len(in.buffer)+len(chunk) > cap(in.buffer) {
		in.library.charge(2*(len(in.buffer)+len(chunk)), 0) // it grows
	}
	in.buffer = append(in.buffer, chunk...)
	in.err = err
	return in.err == nil
}

// line takes a line, without its end; false at the end of the input.
func (in *input) line(L *lua.LState) (lua.LValue, bool) {
	searched := 0
	for {
		if i := bytes.IndexByte(in.buffer[searched:], '\n'); i >= 0 {
			return lua.LString(in.take(searched+i+1, 1)), true
		}
		if searched = len(in.buffer); searched > maxString {
			lua51.Raise(L, "line too long")
		}
		if !in.fill(L) && bytes.IndexByte(in.buffer[searched:], '\n') < 0 {
			break
		}
	}
	if len(in.buffer) == 0 {
		return lua.LNil, false
	}
	return lua.LString(in.take(len(in.buffer), 0)), true
}

// all takes everything that is left.
func (in *input) all(L *lua.LState) lua.LValue {
	for in.fill(L) {
		if len(in.buffer) > maxString {
			lua51.Raise(L, "file too large to read at once")
		}
	}
	return lua.LString(in.take(len(in.buffer), 0))
}

// bytes takes up to n bytes; false at the end of the input.
func (in *input) bytes(L *lua.LState, n int) (lua.LValue, bool) {
	if n > maxString {
		lua51.Raise(L, "too much to read at once")
	}
	for len(in.buffer) < max(n, 1) && in.fill(L) {
	}
	if len(in.buffer) == 0 {
		return lua.LNil, false
	}
	return lua.LString(in.take(min(n, len(in.buffer)), 0)), true
}

// number takes as much as can be read as a number, as C's scanf does; nil if that is nothing.
func (in *input) number(L *lua.LState) (lua.LValue, bool) {
	start := 0
	for start == len(in.buffer) || isSpace(in.buffer[start]) {
		if start < len(in.buffer) {
			start++
		} else if start > maxString || !in.fill(L) {
			break
		}
	}
	for end := start; end == len(in.buffer) && end-start < maxNumeral && in.fill(L); {
		end = start + numeral(in.buffer[start:])
	}
	for n := numeral(in.buffer[start:]); n > 0; n-- {
		if f, ok := lua51.ParseNumber(string(in.buffer[start : start+n])); ok {
			in.take(start+n, 0)
			return lua.LNumber(f), true
		}
	}
	in.take(start, 0)
	return lua.LNil, false
}

// maxNumeral is the longest numeral that is read, in bytes (chosen by us).
const maxNumeral = 200

// numeral is how many bytes at the beginning may belong to a number.
func numeral(b []byte) (n int) {
	for n < min(len(b), maxNumeral) && isNumeral(b[n]) {
		n++
	}
	return n
}

func isNumeral(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '+' || c == '-' || c == '.'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// take removes n bytes from the buffer and returns all but the last few of them.
func (in *input) take(n, drop int) string {
	in.library.charge(n, 0)
	s := string(in.buffer[:n-drop])
	in.buffer = in.buffer[n:]
	if len(in.buffer) == 0 {
		in.buffer = nil
	}
	return s
}

// failure is the error that ended the input, if it was not simply its end.
func (in *input) failure() error {
	if in.err == nil || errors.Is(in.err, io.EOF) {
		return nil
	}
	return in.err
}
