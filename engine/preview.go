package engine

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"
)

// Limits of a preview (chosen by us).
const (
	maxPreview        = 200 // bytes after which no further entry follows
	maxPreviewEntries = 8   // entries of one table
	maxPreviewDepth   = 4   // nested tables
	maxQuoted         = 64  // bytes of a string
)

// previewer writes the contents of a table on one line: { code = 3, "x" }. No code of the script
// runs for it.
type previewer struct {
	strings.Builder
	within []*lua.LTable
}

// preview shows t on one line.
func preview(t *lua.LTable) string {
	var g previewer
	g.table(t)
	return g.String()
}

func (g *previewer) table(t *lua.LTable) {
	k, v := t.Next(lua.LNil)
	switch {
	case k == lua.LNil:
		g.WriteString("{}")
		return
	case len(g.within) == maxPreviewDepth || slices.Contains(g.within, t):
		g.WriteString("{…}")
		return
	}
	g.within = append(g.within, t)
	g.WriteString("{ ")
	for i := 1; k != lua.LNil; i++ {
		if i > 1 {
			g.WriteString(", ")
		}
		if i > maxPreviewEntries || g.Len() > maxPreview {
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

// key writes the text before the value of an entry; nothing if it is the i-th of a list.
func (g *previewer) key(k lua.LValue, i int) {
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

func (g *previewer) value(v lua.LValue) {
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

// word writes a quoted string, without control characters.
func (g *previewer) word(s string) {
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
