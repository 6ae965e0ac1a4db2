package engine

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// openPatterns brings our own pattern matching: gopher-lua's cannot be interrupted, and a pattern of ten characters can
// keep it busy for a year. This is Lua 5.1's, with %f, and with "^" in gmatch as an ordinary character.
func (e *Engine) openPatterns(lib *lua.LTable) {
	e.define(lib,
		function{"find", func(L *lua.LState) int { return e.find(L, true) }},
		function{"gmatch", e.gmatch},
		function{"gsub", e.gsub},
		function{"match", func(L *lua.LState) int { return e.find(L, false) }},
	)
	lib.RawSetString("gfind", lib.RawGetString("gmatch")) // its name in Lua 5.0
}

// newMatcher matches the string at 1 against the pattern at 2.
func (e *Engine) newMatcher(L *lua.LState) *matcher {
	return &matcher{
		src: text(L, 1), pat: text(L, 2),
		work: func(steps int64) { e.hook.work(steps / 2) }, // a step takes about half as long as an instruction
		fail: func(message string) { raise(L, "%s", message) },
	}
}

// find is string.find(s, pattern [, start [, plain]]) and, without positions, string.match(s, pattern [, start]).
func (e *Engine) find(L *lua.LState, positions bool) int {
	m := e.newMatcher(L)
	from := min(max(fromEnd(len(m.src), optInteger(L, 3, 1)), 1), len(m.src)+1) - 1
	if positions && (L.ToBool(4) || !strings.ContainsAny(m.pat, "^$*+?.([%-")) {
		return m.findText(L, from)
	}
	start, end := m.search(from)
	m.settle()
	if start == none {
		L.Push(lua.LNil)
		return 1
	}
	if !positions {
		return m.push(L, start, end, 1)
	}
	L.Push(lua.LNumber(start + 1))
	L.Push(lua.LNumber(end))
	return 2 + m.push(L, start, end, 0)
}

// findText is find of plain text.
func (m *matcher) findText(L *lua.LState, from int) int {
	i := strings.Index(m.src[from:], m.pat)
	m.work(int64(len(m.src)-from) / 16)
	if i < 0 {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(from + i + 1))
	L.Push(lua.LNumber(from + i + len(m.pat)))
	return 2
}

// push pushes the captures of a match, and if there are none but should be at least one, the whole of it.
func (m *matcher) push(L *lua.LState, start, end, least int) int {
	n := max(m.level, least)
	for i := range n {
		L.Push(m.capture(i, start, end))
	}
	return n
}

// capture is one capture of a match from start to end; the first of none is the whole match.
func (m *matcher) capture(i, start, end int) lua.LValue {
	if i >= m.level {
		if i > 0 {
			m.fail("invalid capture index")
		}
		return lua.LString(m.src[start:end])
	}
	switch c := m.captures[i]; c.size {
	case unfinished:
		m.fail("unfinished capture")
		return lua.LNil
	case position:
		return lua.LNumber(c.start + 1)
	default:
		return lua.LString(m.src[c.start : c.start+c.size])
	}
}

// gmatch is string.gmatch(s, pattern): an iterator over all matches.
func (e *Engine) gmatch(L *lua.LState) int {
	m := e.newMatcher(L)
	from := 0
	L.Push(L.NewFunction(func(L *lua.LState) int {
		m.fail = func(message string) { raise(L, "%s", message) }
		for s := from; s <= len(m.src); s++ {
			end := m.at(s, 0)
			if end == none {
				continue
			}
			m.settle()
			if from = end; end == s { // an empty match: the next one is further on
				from++
			}
			return m.push(L, s, end, 1)
		}
		m.settle()
		from = len(m.src) + 1
		L.Push(lua.LNil)
		return 1
	}))
	return 1
}

// gsub is string.gsub(s, pattern, replacement [, n]): the new string, and the number of matches.
func (e *Engine) gsub(L *lua.LState) int {
	m := e.newMatcher(L)
	replacement := L.Get(3)
	most := optInteger(L, 4, len(m.src)+1)
	switch replacement.Type() {
	case lua.LTString, lua.LTNumber, lua.LTTable, lua.LTFunction:
	default:
		argError(L, 3, "string/function/table expected")
	}
	g := substitution{engine: e, matcher: m, L: L, replacement: replacement}
	anchored := strings.HasPrefix(m.pat, "^")
	p, s, n := 0, 0, 0
	if anchored {
		p = 1
	}
	for n < most {
		end := m.at(s, p)
		if end != none {
			n++
			g.replace(s, end)
		}
		switch {
		case end > s:
			s = end
		case s < len(m.src):
			g.append(m.src[s : s+1])
			s++
		default:
			most = n // the end
		}
		if anchored {
			break
		}
	}
	m.settle()
	g.append(m.src[s:])
	L.Push(lua.LString(g.out))
	L.Push(lua.LNumber(n))
	return 2
}

// substitution is one call of gsub under way.
type substitution struct {
	engine      *Engine
	matcher     *matcher
	L           *lua.LState
	replacement lua.LValue
	out         []byte
}

func (g *substitution) append(text string) {
	if len(g.out)+len(text) > max(maxString, len(g.matcher.src)) {
		raise(g.L, "resulting string too large")
	}
	g.engine.Room(2 * len(text)) // the text grows, and is copied in the end
	g.out = append(g.out, text...)
}

// replace appends what takes the place of one match.
func (g *substitution) replace(start, end int) {
	var v lua.LValue
	switch r := g.replacement.(type) {
	case lua.LString, lua.LNumber:
		template, _ := textOf(r)
		g.template(template, start, end)
		return
	case *lua.LTable:
		v = g.L.GetTable(r, g.matcher.capture(0, start, end))
	case *lua.LFunction:
		g.L.Push(r)
		g.L.Call(g.matcher.push(g.L, start, end, 1), 1)
		v = g.L.Get(-1)
		g.L.Pop(1)
	}
	if s, ok := textOf(v); ok {
		g.append(s)
		return
	}
	if lua.LVAsBool(v) {
		raise(g.L, "invalid replacement value (a %s)", v.Type().String())
	}
	g.append(g.matcher.src[start:end])
}

// template appends a replacement text, in which %0 is the whole match, %1 to %9 are captures, and any other character
// after a % is itself.
func (g *substitution) template(text string, start, end int) {
	for {
		before, after, found := strings.Cut(text, "%")
		g.append(before)
		if !found {
			return
		}
		g.matcher.step(1)
		if after == "" {
			g.append("\x00") // as in Lua 5.1, which takes the end of a C string for a character
			return
		}
		switch c := after[0]; {
		case c == '0':
			g.append(g.matcher.src[start:end])
		case isDigit(c):
			capture, _ := textOf(g.matcher.capture(int(c-'1'), start, end))
			g.append(capture)
		default:
			g.append(after[:1])
		}
		text = after[1:]
	}
}
