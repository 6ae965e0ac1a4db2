package stdlib

import (
	"bufio"
	"errors"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// file is a file as io.open returns it, or a standard stream.
type file struct {
	in     *input
	out    *bufio.Writer
	closer io.Closer // nil: a standard stream, which a script cannot close
	closed bool
}

const (
	fileType = "engine.file"
	// maxOpen is how many files a script may have open at a time (chosen by us).
	maxOpen = 64
)

// openIO makes io.write, io.read, io.lines and io.open. The grants decide which files may be
// opened.
func (l *Library) openIO(L *lua.LState) lua.LValue {
	mt := L.NewTypeMetatable(fileType)
	methods := L.NewTable()
	define(L, methods,
		function{"close", l.fileClose},
		function{"flush", l.fileFlush},
		function{"lines", func(L *lua.LState) int { return l.lines(L, checkFile(L), false) }},
		function{"read", func(L *lua.LState) int { return l.read(L, checkFile(L), 2) }},
		function{"setvbuf", func(L *lua.LState) int {
			L.Push(lua.LTrue)
			return 1
		}},
		function{"write", func(L *lua.LState) int { return l.write(L, checkFile(L), 2) }},
	)
	mt.RawSetString("__index", methods)
	mt.RawSetString("__metatable", lua.LFalse)
	stdin := &file{in: l.stdin()}
	stdout := &file{out: bufio.NewWriterSize(l.host.Stdout, 1)}
	lib := L.NewTable()
	define(L, lib,
		function{"lines", func(L *lua.LState) int { return l.ioLines(L, stdin) }},
		function{"open", l.ioOpen},
		function{"read", func(L *lua.LState) int { return l.read(L, stdin, 1) }},
		function{"type", ioType},
		function{"write", func(L *lua.LState) int { return l.write(L, stdout, 1) }},
	)
	lib.RawSetString("stdout", newFile(L, stdout))
	lib.RawSetString("stderr", newFile(L, &file{out: bufio.NewWriterSize(l.host.Stderr, 1)}))
	lib.RawSetString("stdin", newFile(L, stdin))
	return lib
}

// openFiles are the files that a script has opened and not closed.
type openFiles map[*file]struct{}

func (o openFiles) close() {
	for f := range o {
		f.close()
	}
}

func newFile(L *lua.LState, f *file) *lua.LUserData {
	ud := L.NewUserData()
	ud.Value = f
	ud.Metatable = L.GetTypeMetatable(fileType)
	return ud
}

// checkFile is the file at 1, which must be open.
func checkFile(L *lua.LState) *file {
	ud, ok := L.Get(1).(*lua.LUserData)
	if !ok {
		lua51.TypeError(L, 1, "FILE*")
	}
	f, ok := ud.Value.(*file)
	if !ok {
		lua51.TypeError(L, 1, "FILE*")
	}
	if f.closed {
		lua51.Raise(L, "attempt to use a closed file")
	}
	return f
}

// ioType is io.type(v): "file", "closed file", or nil if v is not a file.
func ioType(L *lua.LState) int {
	var kind lua.LValue = lua.LNil
	if ud, ok := lua51.Any(L, 1).(*lua.LUserData); ok {
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
func (l *Library) ioOpen(L *lua.LState) int {
	path, mode := lua51.Text(L, 1), strings.TrimSuffix(lua51.OptText(L, 2, "r"), "b")
	l.host.Begun(L)
	f, err := l.openFile(L, path, mode)
	if err != nil {
		l.host.Failed(L, nil, err.Error)
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	L.Push(newFile(L, f))
	return 1
}

func (l *Library) openFile(L *lua.LState, path, mode string) (*file, error) {
	if len(l.files) >= maxOpen {
		return nil, errors.New("too many open files; close some with f:close()")
	}
	f := &file{}
	switch mode {
	case "r":
		r, err := l.host.Files.OpenRead(path)
		if err != nil {
			return nil, err
		}
		f.in, f.closer = l.fileInput(r), r
	case "w", "a":
		open := l.host.Files.Create
		if mode == "a" {
			open = l.host.Files.Append
		}
		w, err := open(path)
		if err != nil {
			return nil, err
		}
		f.out, f.closer = bufio.NewWriter(w), w
	default:
		lua51.ArgError(L, 2, "mode \"r\", \"w\" or \"a\" expected")
	}
	l.files[f] = struct{}{}
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

func (l *Library) fileClose(L *lua.LState) int {
	f := checkFile(L)
	if f.closer == nil {
		lua51.Raise(L, "a standard stream cannot be closed")
	}
	delete(l.files, f)
	return l.outcome(L, f.close(), lua.LTrue)
}

func (l *Library) fileFlush(L *lua.LState) int {
	f := checkFile(L)
	var err error
	if f.out != nil {
		err = f.out.Flush()
	}
	return l.outcome(L, err, L.Get(1))
}

// outcome returns v, or nil and the error.
func (l *Library) outcome(L *lua.LState, err error, v lua.LValue) int {
	l.host.Begun(L)
	if err != nil {
		var owner any
		if ud, ok := L.Get(1).(*lua.LUserData); ok {
			owner = ud.Value
		}
		l.host.Failed(L, owner, err.Error)
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	L.Push(v)
	return 1
}

// write writes the arguments from number first on, strings and numbers.
func (l *Library) write(L *lua.LState, f *file, first int) int {
	if f.out == nil {
		lua51.Raise(L, "the file is open for reading only")
	}
	if f.closer == nil { // also the arguments before one that raises an error
		defer func() { f.out.Flush() }()
	}
	var err error
	for i := first; i <= L.GetTop() && err == nil; i++ {
		piece := lua51.Text(L, i)
		if f.closer != nil { // the standard streams count their bytes themselves
			l.host.Wrote(int64(len(piece)))
		} else {
			l.charge(len(piece), 0) // it is copied into the stream
		}
		_, err = f.out.WriteString(piece)
	}
	if f.closer == nil && err == nil {
		err = f.out.Flush() // print and io.write share the stream
	}
	return l.outcome(L, err, lua.LTrue)
}

// read reads by the formats from argument first on: "*l" (the default), "*n", "*a", or a number of
// bytes.
func (l *Library) read(L *lua.LState, f *file, first int) int {
	if f.in == nil {
		lua51.Raise(L, "the file is open for writing only")
	}
	if L.GetTop() < first {
		L.Push(lua.LString("*l"))
	}
	last := L.GetTop()
	for i := first; i <= last; i++ {
		v, ok := readOne(L, f.in, i)
		if err := f.in.failure(); err != nil && !ok {
			return l.outcome(L, err, lua.LNil)
		}
		L.Push(v)
		if !ok {
			return i - first + 1
		}
	}
	return last - first + 1
}

func readOne(L *lua.LState, in *input, arg int) (lua.LValue, bool) {
	if n, ok := L.Get(arg).(lua.LNumber); ok {
		return in.bytes(L, min(max(int(n), 0), maxString+1))
	}
	switch strings.TrimPrefix(lua51.Text(L, arg), "*") {
	case "l":
		return in.line(L)
	case "n":
		return in.number(L)
	case "a":
		return in.all(L), true
	}
	lua51.ArgError(L, arg, "invalid format: \"*l\", \"*n\", \"*a\" or a number of bytes expected")
	return nil, false
}

// ioLines is io.lines([path]): an iterator over the lines, which closes the file at its end.
func (l *Library) ioLines(L *lua.LState, stdin *file) int {
	if L.GetTop() == 0 || L.Get(1) == lua.LNil {
		return l.lines(L, stdin, false)
	}
	f, err := l.openFile(L, lua51.Text(L, 1), "r")
	if err != nil {
		lua51.Raise(L, "%s", err.Error())
	}
	return l.lines(L, f, true)
}

func (l *Library) lines(L *lua.LState, f *file, closes bool) int {
	if f.in == nil {
		lua51.Raise(L, "the file is open for writing only")
	}
	L.Push(L.NewFunction(func(L *lua.LState) int {
		if f.closed {
			lua51.Raise(L, "file is already closed")
		}
		v, ok := f.in.line(L)
		if err := f.in.failure(); err != nil && !ok {
			lua51.Raise(L, "%s", err.Error())
		}
		if !ok && closes {
			delete(l.files, f)
			f.close()
		}
		L.Push(v)
		return 1
	}))
	return 1
}
