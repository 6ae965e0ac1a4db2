package engine

import (
	"bytes"
	"errors"
	"io"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// input is something that scripts read: standard input, or a file. Its buffer belongs to the baton holder; only a read
// of standard input that is under way runs beside it.
type input struct {
	source  io.Reader
	slow    bool // a read may wait for a person or another program
	buffer  []byte
	err     error // what ended it
	pending chan struct{}
	chunk   []byte // what the pending read brought
	result  error
}

// readSize is how much one read asks for.
const readSize = 32 << 10

func newInput(r io.Reader) *input {
	if r == nil {
		return &input{err: io.EOF}
	}
	return &input{source: r, slow: true}
}

// fill reads more, and blocks the function that was called with L until some is there. False: there is no more.
func (e *Engine) fill(L *lua.LState, in *input) bool {
	if in.err != nil {
		return false
	}
	if in.slow {
		e.await(L, in)
	} else {
		in.chunk, in.result = readSome(in.source)
		e.accept(in)
	}
	return in.err == nil
}

// accept moves what a read brought into the buffer.
func (e *Engine) accept(in *input) {
	if len(in.buffer)+len(in.chunk) > cap(in.buffer) {
		e.Room(2 * (len(in.buffer) + len(in.chunk))) // it grows
	}
	in.buffer = append(in.buffer, in.chunk...)
	in.chunk, in.err = nil, in.result
}

func readSome(r io.Reader) ([]byte, error) {
	b := make([]byte, readSize)
	n, err := r.Read(b)
	return b[:n], err
}

// await waits for a read. If the task does not live to see it, what it brings is for the next one that reads. The read
// itself cannot be stopped: its goroutine ends when the source, as a rule the process's standard input, does.
func (e *Engine) await(L *lua.LState, in *input) {
	if in.pending == nil {
		done := make(chan struct{})
		in.pending = done
		go func() {
			in.chunk, in.result = readSome(in.source)
			close(done)
		}()
	}
	done := in.pending
	if _, wallTime := e.clock.(*wall); wallTime {
		w := e.Begin("io.read")
		go func() { // ends with the read
			<-done
			e.Post(w.Wake)
		}()
		if err := e.Park(L, w); err != nil {
			e.Raise(L, err)
		}
	} else {
		// Virtual time stands still while somebody types, or the run would not repeat.
		e.reading.Store(true) // so waiting is no fault of the script
		select {
		case <-done:
		case <-e.hook.told:
			e.hook.look() // ends the task
		}
		e.reading.Store(false)
	}
	if in.pending == done { // another task may have been quicker
		in.pending = nil
		e.accept(in)
	}
}

// line takes a line, without its end; false at the end of the input.
func (e *Engine) line(L *lua.LState, in *input) (lua.LValue, bool) {
	searched := 0
	for {
		if i := bytes.IndexByte(in.buffer[searched:], '\n'); i >= 0 {
			return lua.LString(e.take(in, searched+i+1, 1)), true
		}
		if searched = len(in.buffer); searched > maxString {
			raise(L, "line too long")
		}
		if !e.fill(L, in) && bytes.IndexByte(in.buffer[searched:], '\n') < 0 {
			break
		}
	}
	if len(in.buffer) == 0 {
		return lua.LNil, false
	}
	return lua.LString(e.take(in, len(in.buffer), 0)), true
}

// all takes everything that is left.
func (e *Engine) all(L *lua.LState, in *input) lua.LValue {
	for e.fill(L, in) {
		if len(in.buffer) > maxString {
			raise(L, "file too large to read at once")
		}
	}
	return lua.LString(e.take(in, len(in.buffer), 0))
}

// bytes takes up to n bytes; false at the end of the input.
func (e *Engine) bytes(L *lua.LState, in *input, n int) (lua.LValue, bool) {
	if n > maxString {
		raise(L, "too much to read at once")
	}
	for len(in.buffer) < max(n, 1) && e.fill(L, in) {
	}
	if len(in.buffer) == 0 {
		return lua.LNil, false
	}
	return lua.LString(e.take(in, min(n, len(in.buffer)), 0)), true
}

// number takes as much as can be read as a number, as C's scanf does; nil if that is nothing.
func (e *Engine) number(L *lua.LState, in *input) (lua.LValue, bool) {
	start := 0
	for start == len(in.buffer) || isSpace(in.buffer[start]) {
		if start < len(in.buffer) {
			start++
		} else if start > maxString || !e.fill(L, in) {
			break
		}
	}
	for end := start; end == len(in.buffer) && end-start < maxNumeral && e.fill(L, in); {
		end = start + numeral(in.buffer[start:])
	}
	for n := numeral(in.buffer[start:]); n > 0; n-- {
		if f, ok := lua51.ParseNumber(string(in.buffer[start : start+n])); ok {
			e.take(in, start+n, 0)
			return lua.LNumber(f), true
		}
	}
	e.take(in, start, 0)
	return lua.LNil, false
}

// maxNumeral is how many bytes of a number are read.
const maxNumeral = 200

// numeral is how many bytes at the beginning may belong to a number.
func numeral(b []byte) (n int) {
	for n < min(len(b), maxNumeral) && (isDigit(b[n]) || isLetter(b[n]) || bytes.IndexByte([]byte("+-."), b[n]) >= 0) {
		n++
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// take removes n bytes from the buffer and returns all but the last few of them.
func (e *Engine) take(in *input, n, drop int) string {
	e.Room(n)
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
