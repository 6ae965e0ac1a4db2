package record

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Limits of a Text: the rows that it holds before it prints, and the width of a cell (chosen by
// us).
const (
	blockRows  = 1000    // rows of all tables
	blockBytes = 1 << 20 // of their text and cells
	maxCell    = 80      // characters of a text; what is cut off is an ellipsis more
)

// Text is a [Sink] that prints aligned tables for a person to read. Numbers are aligned at the
// right and have six significant digits, whole ones all of them; a field that is missing is shown
// as "-". Characters that do not print are escaped, so that a text from the network cannot drive
// the terminal, and long texts are cut.
//
// To know how wide a column is, Text holds rows back: until Flush, until Close, or until there are
// a thousand of them (or a megabyte). Later blocks repeat the names of columns and are at least as
// wide.
type Text struct {
	w       io.Writer
	tables  []*textTable
	byName  map[string]*textTable
	rows    int
	bytes   int
	started bool // something has been printed
}

type textTable struct {
	name    string
	columns []textColumn
	rows    [][]textCell
}

type textColumn struct {
	name  textCell
	width int
	texts bool // some value was not a number
	some  bool // some value was there at all
}

type textCell struct {
	text  string
	width int
	kind  cellKind
}

type cellKind uint8

const (
	absent cellKind = iota
	isText
	isNumber
)

// NewText makes a sink that prints to w. Closing it leaves w open.
func NewText(w io.Writer) *Text {
	return &Text{w: w, byName: map[string]*textTable{}}
}

// Put holds one row back, or prints all that have been.
func (t *Text) Put(e Entry) error {
	table := t.byName[e.Table]
	if table == nil {
		table = &textTable{name: e.Table}
		t.tables = append(t.tables, table)
		t.byName[e.Table] = table
	}
	t.rows++
	t.bytes += table.hold(e)
	if t.rows < blockRows && t.bytes < blockBytes {
		return nil
	}
	return t.Flush()
}

// hold keeps a row and returns about how many bytes that takes.
func (t *textTable) hold(e Entry) (size int) {
	for _, name := range e.Columns[len(t.columns):] {
		cell := newTextCell(name)
		t.columns = append(t.columns, textColumn{name: cell, width: cell.width})
	}
	cells := make([]textCell, len(e.Columns))
	row := e.Row
	for i := range cells {
		if len(row) == 0 || row[0].Name != e.Columns[i] {
			cells[i] = newTextCell(nil)
		} else {
			cells[i], row = newTextCell(row[0].Value), row[1:]
		}
		t.columns[i].fit(cells[i])
		size += len(cells[i].text) + 32 // the cell itself
	}
	t.rows = append(t.rows, cells)
	return size
}

// fit makes room for a cell.
func (c *textColumn) fit(cell textCell) {
	c.width = max(c.width, cell.width)
	c.some = c.some || cell.kind != absent
	c.texts = c.texts || cell.kind == isText
}

// Flush prints what has been held back. Tables come in the order of their first rows.
func (t *Text) Flush() error {
	var b bytes.Buffer
	for _, table := range t.tables {
		if len(table.rows) == 0 {
			continue
		}
		if t.started {
			b.WriteByte('\n')
		}
		t.started = true
		if table.name != "" {
			b.WriteString(table.name + ":\n")
		}
		if err := table.print(t.w, &b); err != nil {
			return problem("%w", err)
		}
	}
	t.rows, t.bytes = 0, 0
	return nil
}

// Close is Flush.
func (t *Text) Close() error { return t.Flush() }

// print writes a block, in pieces, and forgets its rows.
func (t *textTable) print(w io.Writer, b *bytes.Buffer) error {
	header := make([]textCell, len(t.columns))
	for i, c := range t.columns {
		header[i] = c.name
		if c.some && !c.texts {
			header[i].kind = isNumber // above numbers, it stands at the right as they do
		}
	}
	t.line(b, header)
	for _, row := range t.rows {
		t.line(b, row)
		if b.Len() >= 1<<16 {
			if _, err := b.WriteTo(w); err != nil {
				return err
			}
		}
	}
	t.rows = nil
	_, err := b.WriteTo(w)
	return err
}

// line writes one line without spaces at its end.
func (t *textTable) line(b *bytes.Buffer, cells []textCell) {
	gap := 0 // spaces due before the next text
	for i, c := range t.columns {
		cell := newTextCell(nil)
		if i < len(cells) {
			cell = cells[i]
		}
		room := c.width - cell.width
		right := cell.kind == isNumber || cell.kind == absent && c.some && !c.texts
		if right {
			gap, room = gap+room, 0
		}
		fmt.Fprintf(b, "%*s%s", gap, "", cell.text)
		gap = room + 2
	}
	b.WriteByte('\n')
}

// newTextCell shows one value.
func newTextCell(v any) textCell {
	switch v := v.(type) {
	case nil:
		return textCell{"-", 1, absent}
	case string:
		text, width := printable(v)
		return textCell{text, width, isText}
	case float64:
		text := shortFloat(v)
		return textCell{text, len(text), isNumber}
	}
	text := string(appendValue(nil, v))
	if _, isBool := v.(bool); isBool {
		return textCell{text, len(text), isText}
	}
	return textCell{text, len(text), isNumber}
}

// shortFloat shows a number for people: whole ones in full if they are below 1e15, others to six
// significant digits.
func shortFloat(f float64) string {
	abs := math.Abs(f)
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(f, 'g', -1, 64), "+"))
	case f == 0:
		return "0"
	case abs >= 1e5 && abs < 1e15:
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	return strconv.FormatFloat(f, 'g', 6, 64)
}

// printable escapes what does not print, cuts what is too long, and counts the characters that take
// a place of their own.
func printable(s string) (text string, width int) {
	if s == "" {
		return `""`, 2
	}
	var b strings.Builder
	for _, r := range s {
		piece, w := string(r), 1
		switch {
		case unicode.Is(unicode.Mn, r):
			w = 0
		case !strconv.IsPrint(r):
			piece = strings.Trim(strconv.QuoteRune(r), "'")
			w = len(piece)
		}
		if width+w > maxCell || b.Len() > 4*maxCell {
			b.WriteString("…")
			return b.String(), width + 1
		}
		b.WriteString(piece)
		width += w
	}
	return b.String(), width
}
