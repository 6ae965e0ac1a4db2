package engine

import (
	"io"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/stdlib"
)

// input is the host's standard input. A read may wait for a person or another program, so it runs
// on a goroutine of its own.
type input struct {
	engine  *Engine
	source  io.Reader
	pending chan struct{} // closed when the current read has ended
	chunk   []byte        // its result
	err     error
}

// read waits for some bytes. If the task is killed meanwhile, the next reader gets them. The read
// itself cannot be stopped: its goroutine ends when the source, as a rule the process's standard
// input, does. If another task has taken the bytes, it returns nil.
func (in *input) read(L *lua.LState) ([]byte, error) {
	if in.pending == nil {
		done := make(chan struct{})
		in.pending = done
		go func() {
			in.chunk, in.err = stdlib.ReadSome(in.source)
			close(done)
		}()
	}
	done := in.pending
	in.wait(L, done)
	if in.pending != done {
		return nil, nil
	}
	in.pending = nil
	chunk := in.chunk
	in.chunk = nil
	return chunk, in.err
}

// wait blocks the script until the read has ended.
func (in *input) wait(L *lua.LState, done chan struct{}) {
	e := in.engine
	if _, wallTime := e.clock.(*wall); wallTime {
		w := e.Begin("io.read")
		go func() { // ends with the read
			<-done
			e.Post(w.Wake)
		}()
		if err := e.Park(L, w); err != nil {
			e.Raise(L, err)
		}
		return
	}
	// Virtual time stands still while a person types, or the run would not repeat.
	e.outside.reading.Store(true) // so that the watch does not count the task as busy
	select {
	case <-done:
	case <-e.hook.told:
		e.hook.look() // ends the task
	}
	e.outside.reading.Store(false)
}
