package stdlib

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// maxRuntime is the longest text for load and loadstring, in bytes (chosen by us). Compiling it
// takes some 0.1 s, in which the script cannot be interrupted.
const maxRuntime = 1 << 20

// loadString is loadstring(text [, name]): the compiled function, or nil and a message.
func (l *Library) loadString(L *lua.LState) int {
	source := lua51.Text(L, 1)
	return l.pushChunk(L, source, lua51.OptText(L, 2, source))
}

// loadText is load(function [, name]), and as in later versions load(text [, name [, mode [,
// environment]]]).
func (l *Library) loadText(L *lua.LState) int {
	if source, ok := lua51.TextOf(L.Get(1)); ok {
		return l.pushChunk(L, source, lua51.OptText(L, 2, source))
	}
	reader, name := lua51.Function(L, 1), lua51.OptText(L, 2, "=(load)")
	source, err := l.chunkText(L, reader)
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua51.Raised(err))
		return 2
	}
	return l.pushChunk(L, source, name)
}

// pushChunk returns the function that a text compiles to.
func (l *Library) pushChunk(L *lua.LState, source, name string) int {
	name = printable(chunkName(name))
	err := fmt.Errorf("%s: text longer than %d bytes", name, maxRuntime)
	var fn *lua.LFunction
	if len(source) <= maxRuntime {
		fn, err = l.host.Compile(name, source)
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

// chunkText joins the pieces that a reader function returns, until it returns nil or an empty
// string.
func (l *Library) chunkText(L *lua.LState, reader *lua.LFunction) (string, error) {
	var b strings.Builder
	top := L.GetTop()
	for b.Len() <= maxRuntime {
		L.Push(reader)
		if err := l.runtime.Protected(L, 0); err != nil {
			return "", err
		}
		v := L.Get(top + 1)
		L.SetTop(top)
		if v == lua.LNil {
			break
		}
		piece, ok := lua51.TextOf(v)
		if !ok {
			return "", errors.New(lua51.PositionAt(L, 1) + "reader function must return a string")
		}
		if piece == "" {
			break
		}
		l.charge(2*len(piece), 0) // the text grows
		b.WriteString(piece)
	}
	return b.String(), nil
}

// chunkName is the name of a chunk in messages: the text after "=" or "@", or else the beginning of
// the source.
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

// printable is a name in which control characters are replaced, for messages and tracebacks.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, name)
}
