package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
)

// Limits of the text of one value (chosen by us).
const (
	maxItems  = 20  // of a list or table that is not within another
	maxNested = 8   // of one within another
	maxFields = 64  // of a record
	maxDepth  = 4   // nested tables
	maxText   = 400 // bytes of a string
	maxRaw    = 24  // of one within a table that is not text, such as a datagram
	maxScan   = 2000
)

// shower shows values to a person. It belongs to a running function, L, since a value may have a
// __tostring. A still one has no L and runs no code.
type shower struct {
	engine *engine.Engine
	L      *lua.LState
	still  bool
	width  int
	paint  paint
	short  int // digits to show of an id; 0: all
	within []*lua.LTable
	cut    bool // something was left out
}

// show is the text of some values, without a newline at its end; "" without values.
func (s *shower) show(values []lua.LValue) string {
	var parts []string
	for i, v := range values {
		s.short = shortest(v)
		text := s.value(v)
		if t, ok := v.(*lua.LTable); ok && i > 0 && strings.Contains(text, "\n") {
			text = s.brief(t) // the first is the result that was asked for
		}
		parts = append(parts, text)
	}
	if line := strings.Join(parts, "  "); !strings.Contains(line, "\n") && visible(line) <= s.width {
		return line
	}
	return strings.Join(parts, "\n")
}

// value shows a value that is not within another.
func (s *shower) value(v lua.LValue) string {
	if text, ok := s.walked(v); ok {
		return text
	}
	t, ok := v.(*lua.LTable)
	if !ok || s.tells(t) {
		return s.inline(v, 0)
	}
	if rows, ok := records(t); ok {
		return s.rows(rows, t.Len())
	}
	s.cut = false
	if line := s.inline(t, 0); visible(line) <= s.width && !s.cut {
		return line
	}
	return s.block(t, 0)
}

// walked shows a value that is not a table and has a __pairs, such as a dictionary of the host.
func (s *shower) walked(v lua.LValue) (string, bool) {
	pairs, ok := s.L.GetMetaField(v, "__pairs").(*lua.LFunction)
	if _, isTable := v.(*lua.LTable); !ok || isTable {
		return "", false
	}
	s.L.Push(pairs)
	s.L.Push(v)
	s.L.Call(1, 3)
	next, state, key := s.L.Get(-3), s.L.Get(-2), s.L.Get(-1)
	s.L.Pop(3)
	items := s.L.NewTable()
	count := 0
	for ; count <= maxItems; count++ {
		s.L.Push(next)
		s.L.Push(state)
		s.L.Push(key)
		s.L.Call(2, 2)
		k, value := s.L.Get(-2), s.L.Get(-1)
		s.L.Pop(2)
		if k == lua.LNil {
			break
		}
		key = k
		items.Append(value)
	}
	if length, ok := s.L.GetMetaField(v, "__len").(*lua.LFunction); ok {
		s.L.Push(length)
		s.L.Push(v)
		s.L.Call(1, 1)
		if n, ok := s.L.Get(-1).(lua.LNumber); ok {
			count = int(n)
		}
		s.L.Pop(1)
	}
	title := s.engine.ToString(s.L, v) + s.paint.text(faint, "  "+many(count, "entry", "entries"))
	s.short = shortest(items)
	if rows, ok := records(items); ok {
		return title + "\n" + s.rows(rows, count), true
	}
	if items.Len() == 0 {
		return title, true
	}
	return title + "\n" + s.block(items, 0), true
}

// tells reports whether a table has a __tostring.
func (s *shower) tells(t *lua.LTable) bool {
	return !s.still && s.L.GetMetaField(t, "__tostring") != lua.LNil
}

// thrown is a table that was raised as an error, on one line; "" if it has a text of its own.
func (s *shower) thrown(t *lua.LTable) string {
	if mt, ok := t.Metatable.(*lua.LTable); ok && mt.RawGetString("__tostring") != lua.LNil {
		return ""
	}
	if _, ok := t.RawGetString("message").(lua.LString); ok {
		return ""
	}
	const lead = 20 // columns for "error: line 12: "
	s.width -= lead
	s.short = shortest(t)
	if line := s.inline(t, 0); visible(line) <= s.width {
		return line
	}
	return s.brief(t)
}

// inline is a value on one line.
func (s *shower) inline(v lua.LValue, depth int) string {
	switch v := v.(type) {
	case lua.LString:
		return s.string(string(v), depth)
	case lua.LNumber:
		return s.paint.text(cyan, engine.FormatNumber(float64(v)))
	case *lua.LNilType:
		return s.paint.text(faint, "nil")
	case lua.LBool:
		return s.paint.text(cyan, v.String())
	case *lua.LTable:
		if s.tells(v) {
			break
		}
		return s.table(v, depth)
	}
	if e := engine.AsErrorValue(v); e != nil {
		return s.paint.text(red, e.Kind+": ") + printable(e.Message)
	}
	if ud, ok := v.(*lua.LUserData); ok {
		if t, ok := ud.Value.(*engine.Task); ok {
			info := t.Info()
			return fmt.Sprintf("task %d (%s)", info.Number, info.Status)
		}
	}
	if s.still {
		return v.Type().String()
	}
	return s.paint.text(yellow, printable(s.engine.ToString(s.L, v)))
}

// string is a quoted string; an id is shortened to a prefix that differs from the other ids shown.
func (s *shower) string(text string, depth int) string {
	if isID(text) && s.short > 0 {
		return s.paint.text(green, text[:s.short]+"…")
	}
	most, rest := maxText, ""
	if depth > 0 && !utf8.ValidString(text) {
		most = maxRaw
	}
	if len(text) > most {
		cut := most
		for cut > most-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
			cut--
		}
		rest = s.paint.text(faint, fmt.Sprintf(" … %d more bytes", len(text)-cut))
		text = text[:cut]
	}
	return s.paint.text(green, quote(text)) + rest
}

// quote spells a string as Lua reads it.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == utf8.RuneError && text[i] != "\uFFFD"[0], !strconv.IsPrint(r):
			_, size := utf8.DecodeRuneInString(text[i:])
			for _, c := range []byte(text[i : i+size]) {
				fmt.Fprintf(&b, `\%03d`, c)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// printable is a text without control characters. Bytes that are not text are dots.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) && r != utf8.RuneError || r == '\t' {
			return r
		}
		return '·'
	}, text)
}

// table is a table on one line.
func (s *shower) table(t *lua.LTable, depth int) string {
	if slices.Contains(s.within, t) {
		return s.paint.text(faint, "(itself)")
	}
	if depth >= maxDepth {
		return "{" + s.paint.text(faint, "…") + "}"
	}
	s.within = append(s.within, t)
	defer func() { s.within = s.within[:len(s.within)-1] }()
	var parts []string
	count := 0
	for k, v := range entries(t) {
		if count++; count > maxNested {
			continue
		}
		parts = append(parts, s.key(k, count)+s.inline(v, depth+1))
	}
	if count > maxNested {
		s.cut = true
		parts = append(parts, s.paint.text(faint, more(count-maxNested)))
	}
	if len(parts) == 0 {
		return "{}"
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// block is a table over several lines.
func (s *shower) block(t *lua.LTable, depth int) string {
	limit := maxItems
	switch {
	case isRecord(t):
		limit = maxFields
	case depth > 0:
		limit = maxNested
	}
	s.within = append(s.within, t)
	defer func() { s.within = s.within[:len(s.within)-1] }()
	indent := strings.Repeat("  ", depth+1)
	var b strings.Builder
	b.WriteString("{\n")
	count := 0
	for k, v := range entries(t) {
		if count++; count > limit {
			continue
		}
		key := s.key(k, count)
		text := s.inline(v, depth+1)
		inner, ok := v.(*lua.LTable)
		if ok && len(indent)+visible(key)+visible(text) > s.width && depth+1 < maxDepth && !s.tells(inner) && !slices.Contains(s.within, inner) {
			text = s.nested(inner, depth+1)
		}
		b.WriteString(indent + key + text + ",\n")
	}
	if count > limit {
		b.WriteString(indent + s.paint.text(faint, more(count-limit)) + "\n")
	}
	b.WriteString(indent[2:] + "}")
	return b.String()
}

// nested is a table within a block, too long for one line.
func (s *shower) nested(t *lua.LTable, depth int) string {
	if depth > 1 {
		return s.brief(t)
	}
	return s.block(t, depth)
}

// brief is a table on one line in any case: without nested tables, and without entries that do not
// fit.
func (s *shower) brief(t *lua.LTable) string {
	var b strings.Builder
	b.WriteString("{ ")
	count := 0
	for k, v := range entries(t) {
		part := s.key(k, count+1) + s.cell(v)
		if _, ok := v.(lua.LString); ok {
			part = s.key(k, count+1) + s.inline(v, maxDepth)
		}
		if count > 0 && visible(b.String())+visible(part) > s.width-12 {
			return b.String() + s.paint.text(faint, ", …") + " }"
		}
		if count++; count > 1 {
			b.WriteString(", ")
		}
		b.WriteString(part)
	}
	return b.String() + " }"
}

// many is a count with a noun.
func many(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + several
}

func more(n int) string { return fmt.Sprintf("… %d more", n) }

// key is the text before a value of a table; nothing if it is the i-th of a list.
func (s *shower) key(k lua.LValue, i int) string {
	switch k := k.(type) {
	case lua.LNumber:
		if k == lua.LNumber(i) {
			return ""
		}
	case lua.LString:
		if isName(string(k)) && !isID(string(k)) {
			return string(k) + " = "
		}
	}
	return "[" + s.inline(k, maxDepth) + "] = "
}

func isName(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// entries visits a table in its own order, without running code of a script.
func entries(t *lua.LTable) func(yield func(k, v lua.LValue) bool) {
	return func(yield func(k, v lua.LValue) bool) {
		for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
			if !yield(k, v) {
				return
			}
		}
	}
}

// visible is the number of columns of a text, without its colours.
func visible(text string) int {
	n, escape := 0, false
	for _, r := range text {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		default:
			n++
		}
	}
	return n
}
