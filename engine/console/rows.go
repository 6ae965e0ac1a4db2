package console

import (
	"math"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
)

// records returns the first items of a list whose items are all records, that is, tables whose keys
// are names.
func records(t *lua.LTable) ([]*lua.LTable, bool) {
	var rows []*lua.LTable
	for i := 1; i <= min(t.Len(), maxItems); i++ {
		row, ok := t.RawGetInt(i).(*lua.LTable)
		if !ok || !isRecord(row) {
			return nil, false
		}
		rows = append(rows, row)
	}
	count := 0
	for range entries(t) {
		count++
	}
	return rows, len(rows) > 0 && count == t.Len()
}

// isRecord says whether all keys are names and at least one value can be shown in a column.
func isRecord(t *lua.LTable) bool {
	simple := false
	for k, v := range entries(t) {
		if name, ok := k.(lua.LString); !ok || !isName(string(name)) || isID(string(name)) {
			return false
		}
		if _, isTable := v.(*lua.LTable); !isTable {
			simple = true
		}
	}
	return simple
}

// column is one field of some records.
type column struct {
	name  string
	cells []string
	width int
	right bool // aligned at the right, for numbers
}

// rows is a list of records as a table with aligned columns; total is the length of the list.
// Columns that do not fit are named below it.
func (s *shower) rows(records []*lua.LTable, total int) string {
	var columns []*column
	for _, r := range records {
		for k := range entries(r) {
			name := string(k.(lua.LString))
			if !slices.ContainsFunc(columns, func(c *column) bool { return c.name == name }) {
				columns = append(columns, &column{name: name})
			}
		}
	}
	for _, c := range columns {
		s.fill(c, records)
	}
	if _, left := s.fit(columns); len(left) > 0 {
		columns = giveWay(columns, records)
	}
	fitting, left := s.fit(columns)
	var b strings.Builder
	for _, c := range fitting {
		b.WriteString(s.paint.text(faint, c.pad(c.name)))
	}
	for i := range records {
		b.WriteByte('\n')
		for _, c := range fitting {
			b.WriteString(c.pad(c.cells[i]))
		}
	}
	return trimLines(b.String()) + s.footer(left, total-len(records))
}

// fill makes the cells of a column.
func (s *shower) fill(c *column, records []*lua.LTable) {
	c.right = true
	c.width = len(c.name)
	for _, r := range records {
		v := r.RawGetString(c.name)
		if _, ok := v.(lua.LNumber); !ok && v != lua.LNil {
			c.right = false
		}
		cell := s.cell(v)
		c.cells = append(c.cells, cell)
		c.width = max(c.width, visible(cell))
	}
}

// maxCell is the widest text in a column, in characters (chosen by us).
const maxCell = 44

// cell is a value in a column: without quotes, and rounded.
func (s *shower) cell(v lua.LValue) string {
	switch v := v.(type) {
	case *lua.LNilType:
		return s.paint.text(faint, "-")
	case lua.LNumber:
		return s.paint.text(cyan, rounded(float64(v)))
	case lua.LString:
		text := string(v)
		if isID(text) {
			if s.short > 0 {
				text = text[:s.short] + "…"
			}
			return s.paint.text(green, text)
		}
		text = printable(text)
		if visible(text) > maxCell {
			text = string([]rune(text)[:maxCell-1]) + "…"
		}
		return text
	case *lua.LTable:
		if n := v.Len(); n > 0 {
			return s.paint.text(faint, "{"+strconv.Itoa(n)+" items}")
		}
		return s.paint.text(faint, "{…}")
	}
	return s.inline(v, maxDepth)
}

// rounded is a number with four significant digits.
func rounded(f float64) string {
	if f == math.Trunc(f) || math.IsInf(f, 0) || math.IsNaN(f) {
		return engine.ExactNumber(f)
	}
	if math.Abs(f) >= 1000 {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'g', 4, 64)
}

// gap is the space between two columns.
const gap = 2

// fit is the number of columns that fit into the width, counted from the first; at least one.
func (s *shower) fit(columns []*column) (fitting []*column, left []string) {
	used := 0
	for i, c := range columns {
		if used += c.width; i > 0 && used > s.width {
			for _, c := range columns[i:] {
				left = append(left, c.name)
			}
			return columns[:i], left
		}
		used += gap
	}
	return columns, nil
}

// giveWay moves columns to the end that repeat a part of another one: a host or a port beside an
// address.
func giveWay(columns []*column, records []*lua.LTable) []*column {
	again := func(c *column) bool {
		return slices.ContainsFunc(columns, func(whole *column) bool {
			return !slices.ContainsFunc(records, func(r *lua.LTable) bool {
				return !isPart(r.RawGetString(c.name), r.RawGetString(whole.name))
			})
		})
	}
	var first, last []*column
	for _, c := range columns {
		if again(c) {
			last = append(last, c)
		} else {
			first = append(first, c)
		}
	}
	return append(first, last...)
}

// isPart reports whether a value is the text before or after the last colon of another, without
// brackets.
func isPart(v, whole lua.LValue) bool {
	text, ok := whole.(lua.LString)
	at := strings.LastIndexByte(string(text), ':')
	return ok && at >= 0 && (v.String() == strings.Trim(string(text[:at]), "[]") || v.String() == string(text[at+1:]))
}

// footer names the columns and rows that a table does not show.
func (s *shower) footer(columns []string, rows int) string {
	var parts []string
	if rows > 0 {
		parts = append(parts, more(rows))
	}
	if len(columns) > 0 {
		parts = append(parts, "also: "+strings.Join(columns, ", "))
	}
	if len(parts) == 0 {
		return ""
	}
	return "\n" + s.paint.text(faint, fold(strings.Join(parts, "; "), "  ", s.width))
}

// pad fills a cell to the width of its column and the gap after it.
func (c *column) pad(cell string) string {
	space := strings.Repeat(" ", c.width-visible(cell))
	if c.right {
		return space + cell + strings.Repeat(" ", gap)
	}
	return cell + space + strings.Repeat(" ", gap)
}

// trimLines removes the blanks at the ends of lines.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}
