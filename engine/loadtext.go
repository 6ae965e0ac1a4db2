package engine

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
)

// loadString is loadstring(text [, name]): the compiled function, or nil and a message.
func (e *Engine) loadString(L *lua.LState) int {
	source := text(L, 1)
	return e.pushChunk(L, source, optText(L, 2, source))
}

// loadText is load(function [, name]), and as in later versions load(text [, name [, mode [, environment]]]).
func (e *Engine) loadText(L *lua.LState) int {
	if source, ok := textOf(L.Get(1)); ok {
		return e.pushChunk(L, source, optText(L, 2, source))
	}
	reader, name := callee(L, 1), optText(L, 2, "=(load)")
	source, err := e.chunkText(L, reader)
	if err != nil {
		L.Push(lua.LNil)
		L.Push(raisedValue(err))
		return 2
	}
	return e.pushChunk(L, source, name)
}

// pushChunk returns the function that a text compiles to.
func (e *Engine) pushChunk(L *lua.LState, source, name string) int {
	name = printable(chunkName(name))
	var err error = &ScriptError{Message: fmt.Sprintf("%s: text longer than %d bytes", name, maxRuntime)}
	var fn *lua.LFunction
	if len(source) <= maxRuntime {
		fn, err = e.compile(name, source)
	}
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	fn.Env = L.Env
	if env, ok := L.Get(4).(*lua.LTable); ok {
		fn.Env = env
	}
	L.Push(fn)
	return 1
}

// chunkText is what a function returns piece by piece, until it returns nothing.
func (e *Engine) chunkText(L *lua.LState, reader *lua.LFunction) (string, error) {
	var b strings.Builder
	top := L.GetTop()
	for b.Len() <= maxRuntime {
		L.Push(reader)
		if err := e.protected(L, 0, e.catchQuietly); err != nil {
			return "", err
		}
		v := L.Get(top + 1)
		L.SetTop(top)
		if v == lua.LNil {
			break
		}
		piece, ok := textOf(v)
		if !ok {
			return "", errors.New(positionAt(L, 1) + "reader function must return a string")
		}
		if piece == "" {
			break
		}
		e.Room(2 * len(piece)) // the text grows
		b.WriteString(piece)
	}
	return b.String(), nil
}

// chunkName is how messages name a chunk: what stands behind "=" or "@", or else the beginning of its text.
func chunkName(name string) string {
	const longest, longestFile, longestText = 59, 52, 43 // bytes, as in Lua
	switch {
	case strings.HasPrefix(name, "="):
		return name[1:min(len(name), longest+1)]
	case strings.HasPrefix(name, "@"):
		if name = name[1:]; len(name) > longestFile {
			name = "..." + name[len(name)-longestFile:]
		}
		return name
	}
	line, _, cut := strings.Cut(name, "\n")
	if i := strings.IndexByte(line, '\r'); i >= 0 {
		line, cut = line[:i], true
	}
	if len(line) > longestText {
		line, cut = line[:longestText], true
	}
	if cut {
		line += "..."
	}
	return `[string "` + line + `"]`
}

// printable is a name without what could move a terminal's cursor: messages and tracebacks show it.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, name)
}
