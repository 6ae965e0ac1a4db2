package engine

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// Limits of a glimpse; ours.
const (
	maxGlimpse   = 200 // bytes, after which no further entry is begun
	maxInGlimpse = 8   // entries of one table
	maxGlimpsed  = 4   // tables within tables
	maxQuoted    = 64  // bytes of a string
)

// glimpse is what a table has in it, on one line: { code = 3, "x" }. No code of the script runs for it.
type glimpse struct {
	strings.Builder
	within []*lua.LTable
}

// glimpseOf returns the glimpse of t.
func glimpseOf(t *lua.LTable) string {
	var g glimpse
	g.table(t)
	return g.String()
}

func (g *glimpse) table(t *lua.LTable) {
	k, v := t.Next(lua.LNil)
	switch {
	case k == lua.LNil:
		g.WriteString("{}")
		return
	case len(g.within) == maxGlimpsed || slices.Contains(g.within, t):
		g.WriteString("{…}")
		return
	}
	g.within = append(g.within, t)
	g.WriteString("{ ")
	for i := 1; k != lua.LNil; i++ {
		if i > 1 {
			g.WriteString(", ")
		}
		if i > maxInGlimpse || g.Len() > maxGlimpse {
			g.WriteString("…")
			break
		}
		g.key(k, i)
		g.value(v)
		k, v = t.Next(k)
	}
	g.WriteString(" }")
	g.within = g.within[:len(g.within)-1]
}

// key is what stands before the value of an entry; nothing if it is the i-th of a list.
func (g *glimpse) key(k lua.LValue, i int) {
	if k == lua.LNumber(i) {
		return
	}
	if s, ok := k.(lua.LString); ok && isName(string(s)) {
		g.WriteString(string(s) + " = ")
		return
	}
	g.WriteString("[")
	if _, ok := k.(*lua.LTable); ok {
		g.WriteString("table")
	} else {
		g.value(k)
	}
	g.WriteString("] = ")
}

func (g *glimpse) value(v lua.LValue) {
	switch v := v.(type) {
	case *lua.LTable:
		g.table(v)
		return
	case lua.LString:
		g.word(string(v))
		return
	case lua.LNumber:
		g.WriteString(lua51.FormatNumber(float64(v)))
		return
	case lua.LBool:
		g.WriteString(v.String())
		return
	}
	if e := AsErrorValue(v); e != nil {
		g.word(e.Message)
		return
	}
	g.WriteString(v.Type().String())
}

// word is a string, quoted, without what might do something to a terminal.
func (g *glimpse) word(s string) {
	rest := ""
	if len(s) > maxQuoted {
		at := maxQuoted
		for at > maxQuoted-utf8.UTFMax && !utf8.RuneStart(s[at]) {
			at--
		}
		s, rest = s[:at], "…"
	}
	g.WriteString(strconv.Quote(s) + rest)
}

// isName reports whether a key can be written without quotes.
func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && len(s) <= maxQuoted
}
