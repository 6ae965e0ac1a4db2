package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
	"github.com/lightdht/lightdht/engine/pattern"
)

// openPatterns makes the functions that match patterns. They are those of Lua 5.1, with %f, and
// with "^" in gmatch as an ordinary character.
func (l *Library) openPatterns(L *lua.LState, lib *lua.LTable) {
	define(L, lib,
		function{"find", func(L *lua.LState) int { return l.find(L, true) }},
		function{"gmatch", l.gmatch},
		function{"gsub", l.gsub},
		function{"match", func(L *lua.LState) int { return l.find(L, false) }},
	)
	lib.RawSetString("gfind", lib.RawGetString("gmatch")) // its name in Lua 5.0
}

// matcher is a matcher for the arguments of a library function.
type matcher struct{ pattern.Matcher }

// newMatcher matches the string at 1 against the pattern at 2.
func (l *Library) newMatcher(L *lua.LState) *matcher {
	return &matcher{pattern.Matcher{
		Text: lua51.Text(L, 1), Pattern: lua51.Text(L, 2),
		Work: func(steps int64) { l.charge(0, int(steps/2)) }, // a step takes about half as long as an instruction
		Fail: func(message string) { lua51.Raise(L, "%s", message) },
	}}
}

// find is string.find(s, pattern [, start [, plain]]) and, without positions, string.match(s,
// pattern [, start]).
func (l *Library) find(L *lua.LState, positions bool) int {
	m := l.newMatcher(L)
	from := min(max(fromEnd(len(m.Text), lua51.OptInteger(L, 3, 1)), 1), len(m.Text)+1) - 1
	if positions && (L.ToBool(4) || !strings.ContainsAny(m.Pattern, "^$*+?.([%-")) {
		return m.findText(L, from)
	}
	start, end := m.Search(from)
	m.Report()
	if start == pattern.None {
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
	i := strings.Index(m.Text[from:], m.Pattern)
	m.Work(int64(len(m.Text)-from) / 16)
	if i < 0 {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(from + i + 1))
	L.Push(lua.LNumber(from + i + len(m.Pattern)))
	return 2
}

// push pushes the captures of a match. If there are fewer than least, which is at most 1, it pushes
// the whole match.
func (m *matcher) push(L *lua.LState, start, end, least int) int {
	n := max(m.Captures(), least)
	for i := range n {
		L.Push(m.capture(i, start, end))
	}
	return n
}

// capture is one capture of a match from start to end. Without any capture the first is the whole
// match.
func (m *matcher) capture(i, start, end int) lua.LValue {
	if i == 0 && m.Captures() == 0 {
		return lua.LString(m.Text[start:end])
	}
	first, last := m.Capture(i)
	if last == pattern.Position {
		return lua.LNumber(first + 1)
	}
	return lua.LString(m.Text[first:last])
}

// gmatch is string.gmatch(s, pattern): an iterator over all matches.
func (l *Library) gmatch(L *lua.LState) int {
	m := l.newMatcher(L)
	from := 0
	L.Push(L.NewFunction(func(L *lua.LState) int {
		m.Fail = func(message string) { lua51.Raise(L, "%s", message) }
		for s := from; s <= len(m.Text); s++ {
			end := m.At(s, 0)
			if end == pattern.None {
				continue
			}
			m.Report()
			if from = end; end == s { // an empty match: the next one begins later
				from++
			}
			return m.push(L, s, end, 1)
		}
		m.Report()
		from = len(m.Text) + 1
		L.Push(lua.LNil)
		return 1
	}))
	return 1
}

// gsub is string.gsub(s, pattern, replacement [, n]): the new string, and the number of matches.
func (l *Library) gsub(L *lua.LState) int {
	m := l.newMatcher(L)
	replacement := L.Get(3)
	most := lua51.OptInteger(L, 4, len(m.Text)+1)
	switch replacement.Type() {
	case lua.LTString, lua.LTNumber, lua.LTTable, lua.LTFunction:
	default:
		lua51.ArgError(L, 3, "string/function/table expected")
	}
	g := substitution{library: l, matcher: m, L: L, replacement: replacement}
	anchored := strings.HasPrefix(m.Pattern, "^")
	p, s, n := 0, 0, 0
	if anchored {
		p = 1
	}
	for n < most {
		end := m.At(s, p)
		if end != pattern.None {
			n++
			g.replace(s, end)
		}
		switch {
		case end > s:
			s = end
		case s < len(m.Text):
			g.append(m.Text[s : s+1])
			s++
		default:
			most = n // the end
		}
		if anchored {
			break
		}
	}
	m.Report()
	g.append(m.Text[s:])
	L.Push(lua.LString(g.out))
	L.Push(lua.LNumber(n))
	return 2
}

// substitution is the state of one call of gsub.
type substitution struct {
	library     *Library
	matcher     *matcher
	L           *lua.LState
	replacement lua.LValue
	out         []byte
}

func (g *substitution) append(text string) {
	if len(g.out)+len(text) > max(maxString, len(g.matcher.Text)) {
		lua51.Raise(g.L, "resulting string too large")
	}
	g.library.charge(2*len(text), 0) // the text grows, and is copied at the end
	g.out = append(g.out, text...)
}

// replace appends the replacement of one match.
func (g *substitution) replace(start, end int) {
	var v lua.LValue
	switch r := g.replacement.(type) {
	case lua.LString, lua.LNumber:
		template, _ := lua51.TextOf(r)
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
	if s, ok := lua51.TextOf(v); ok {
		g.append(s)
		return
	}
	if lua.LVAsBool(v) {
		lua51.Raise(g.L, "invalid replacement value (a %s)", v.Type().String())
	}
	g.append(g.matcher.Text[start:end])
}

// template appends a replacement text: %0 is the whole match, %1 to %9 are captures, and any other
// character after a % stands for itself.
func (g *substitution) template(text string, start, end int) {
	for {
		before, after, found := strings.Cut(text, "%")
		g.append(before)
		if !found {
			return
		}
		g.matcher.Step(1)
		if after == "" {
			g.append("\x00") // as in Lua 5.1, which takes the end of a C string for a character
			return
		}
		switch c := after[0]; {
		case c == '0':
			g.append(g.matcher.Text[start:end])
		case '1' <= c && c <= '9':
			capture, _ := lua51.TextOf(g.matcher.capture(int(c-'1'), start, end))
			g.append(capture)
		default:
			g.append(after[:1])
		}
		text = after[1:]
	}
}
