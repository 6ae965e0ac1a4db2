package engine

import (
	"bufio"
	"errors"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// file is what io.open returns to a script.
type file struct {
	in     *input
	out    *bufio.Writer
	closer io.Closer // nil: a standard stream, which a script cannot close
	closed bool
}

const (
	fileType = "engine.file"
	// maxOpen is how many files a script may have open at a time.
	maxOpen = 64
)

// openIO offers io.write, io.read, io.lines and io.open; which files may be opened is for the grants to say.
func (e *Engine) openIO() {
	mt := e.lua.NewTypeMetatable(fileType)
	methods := e.lua.NewTable()
	e.define(methods,
		function{"close", e.fileClose},
		function{"flush", e.fileFlush},
		function{"lines", func(L *lua.LState) int { return e.lines(L, checkFile(L), false) }},
		function{"read", func(L *lua.LState) int { return e.read(L, checkFile(L), 2) }},
		function{"setvbuf", func(L *lua.LState) int {
			L.Push(lua.LTrue)
			return 1
		}},
		function{"write", func(L *lua.LState) int { return e.write(L, checkFile(L), 2) }},
	)
	mt.RawSetString("__index", methods)
	mt.RawSetString("__metatable", lua.LFalse)
	stdin := &file{in: e.stdin}
	stdout := &file{out: bufio.NewWriterSize(e.stdout, 1)}
	lib := e.library("io")
	e.define(lib,
		function{"lines", e.ioLines},
		function{"open", e.ioOpen},
		function{"read", func(L *lua.LState) int { return e.read(L, stdin, 1) }},
		function{"type", ioType},
		function{"write", func(L *lua.LState) int { return e.write(L, stdout, 1) }},
	)
	lib.RawSetString("stdout", e.newFile(e.lua, stdout))
	lib.RawSetString("stderr", e.newFile(e.lua, &file{out: bufio.NewWriterSize(e.stderr, 1)}))
	lib.RawSetString("stdin", e.newFile(e.lua, stdin))
	e.OnClose(func() {
		for f := range e.openFiles {
			f.close()
		}
	})
}

func (e *Engine) newFile(L *lua.LState, f *file) *lua.LUserData {
	ud := L.NewUserData()
	ud.Value = f
	ud.Metatable = L.GetTypeMetatable(fileType)
	return ud
}

// checkFile is the open file at 1.
func checkFile(L *lua.LState) *file {
	ud, ok := L.Get(1).(*lua.LUserData)
	if !ok {
		typeError(L, 1, "FILE*")
	}
	f, ok := ud.Value.(*file)
	if !ok {
		typeError(L, 1, "FILE*")
	}
	if f.closed {
		raise(L, "attempt to use a closed file")
	}
	return f
}

// ioType is io.type(v): "file", "closed file", or nil of what is no file.
func ioType(L *lua.LState) int {
	var kind lua.LValue = lua.LNil
	if ud, ok := anything(L, 1).(*lua.LUserData); ok {
		if f, ok := ud.Value.(*file); ok && f.closed {
			kind = lua.LString("closed file")
		} else if ok {
			kind = lua.LString("file")
		}
	}
	L.Push(kind)
	return 1
}

// ioOpen is io.open(path [, mode]): a file, or nil and a message.
func (e *Engine) ioOpen(L *lua.LState) int {
	path, mode := text(L, 1), strings.TrimSuffix(optText(L, 2, "r"), "b")
	e.Begun(L)
	f, err := e.openFile(L, path, mode)
	if err != nil {
		e.Failed(L, nil, err.Error)
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	L.Push(e.newFile(L, f))
	return 1
}

func (e *Engine) openFile(L *lua.LState, path, mode string) (*file, error) {
	if len(e.openFiles) >= maxOpen {
		return nil, errors.New("too many open files; close some with f:close()")
	}
	f := &file{}
	switch mode {
	case "r":
		r, err := e.files.OpenRead(path)
		if err != nil {
			return nil, err
		}
		f.in, f.closer = &input{source: r}, r
	case "w", "a":
		open := e.files.Create
		if mode == "a" {
			open = e.files.Append
		}
		w, err := open(path)
		if err != nil {
			return nil, err
		}
		f.out, f.closer = bufio.NewWriter(w), w
	default:
		argError(L, 2, "mode \"r\", \"w\" or \"a\" expected")
	}
	if e.openFiles == nil {
		e.openFiles = map[*file]struct{}{}
	}
	e.openFiles[f] = struct{}{}
	return f, nil
}

func (f *file) close() error {
	if f.closed || f.closer == nil {
		return nil
	}
	f.closed = true
	var err error
	if f.out != nil {
		err = f.out.Flush()
	}
	return errors.Join(err, f.closer.Close())
}

func (e *Engine) fileClose(L *lua.LState) int {
	f := checkFile(L)
	if f.closer == nil {
		raise(L, "a standard stream cannot be closed")
	}
	delete(e.openFiles, f)
	return e.outcome(L, f.close(), lua.LTrue)
}

func (e *Engine) fileFlush(L *lua.LState) int {
	f := checkFile(L)
	var err error
	if f.out != nil {
		err = f.out.Flush()
	}
	return e.outcome(L, err, L.Get(1))
}

// outcome returns v, or nil and what went wrong.
func (e *Engine) outcome(L *lua.LState, err error, v lua.LValue) int {
	e.Begun(L)
	if err != nil {
		var owner any
		if ud, ok := L.Get(1).(*lua.LUserData); ok {
			owner = ud.Value
		}
		e.Failed(L, owner, err.Error)
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	L.Push(v)
	return 1
}

// write writes the arguments from the first on, strings and numbers.
func (e *Engine) write(L *lua.LState, f *file, first int) int {
	if f.out == nil {
		raise(L, "the file is open for reading only")
	}
	if f.closer == nil { // also what comes before an argument that raises an error
		defer func() { f.out.Flush() }()
	}
	var err error
	for i := first; i <= L.GetTop() && err == nil; i++ {
		piece := text(L, i)
		if f.closer != nil { // the standard streams count for themselves
			e.output.take(len(piece))
		} else {
			e.Room(len(piece)) // it is copied where it goes
		}
		_, err = f.out.WriteString(piece)
	}
	if f.closer == nil && err == nil {
		err = f.out.Flush() // print and io.write share the stream
	}
	return e.outcome(L, err, lua.LTrue)
}

// read reads as the formats from the first argument on say: "*l" (the default), "*n", "*a", or a number of bytes.
func (e *Engine) read(L *lua.LState, f *file, first int) int {
	if f.in == nil {
		raise(L, "the file is open for writing only")
	}
	if L.GetTop() < first {
		L.Push(lua.LString("*l"))
	}
	last := L.GetTop()
	for i := first; i <= last; i++ {
		v, ok := e.readOne(L, f.in, i)
		if err := f.in.failure(); err != nil && !ok {
			return e.outcome(L, err, lua.LNil)
		}
		L.Push(v)
		if !ok {
			return i - first + 1
		}
	}
	return last - first + 1
}

func (e *Engine) readOne(L *lua.LState, in *input, arg int) (lua.LValue, bool) {
	if n, ok := L.Get(arg).(lua.LNumber); ok {
		return e.bytes(L, in, min(max(int(n), 0), maxString+1))
	}
	switch strings.TrimPrefix(text(L, arg), "*") {
	case "l":
		return e.line(L, in)
	case "n":
		return e.number(L, in)
	case "a":
		return e.all(L, in), true
	}
	argError(L, arg, "invalid format: \"*l\", \"*n\", \"*a\" or a number of bytes expected")
	return nil, false
}

// ioLines is io.lines([path]): an iterator over the lines, which closes the file at its end.
func (e *Engine) ioLines(L *lua.LState) int {
	if L.GetTop() == 0 || L.Get(1) == lua.LNil {
		return e.lines(L, &file{in: e.stdin}, false)
	}
	f, err := e.openFile(L, text(L, 1), "r")
	if err != nil {
		raise(L, "%s", err.Error())
	}
	return e.lines(L, f, true)
}

func (e *Engine) lines(L *lua.LState, f *file, closes bool) int {
	if f.in == nil {
		raise(L, "the file is open for writing only")
	}
	L.Push(L.NewFunction(func(L *lua.LState) int {
		if f.closed {
			raise(L, "file is already closed")
		}
		v, ok := e.line(L, f.in)
		if err := f.in.failure(); err != nil && !ok {
			raise(L, "%s", err.Error())
		}
		if !ok && closes {
			delete(e.openFiles, f)
			f.close()
		}
		L.Push(v)
		return 1
	}))
	return 1
}
