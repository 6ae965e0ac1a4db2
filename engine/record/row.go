package record

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// TableKey is the first key of a row in JSON Lines that does not belong to the default table; its
// value is the table's name.
const TableKey = "_table"

// A script names tables and columns, so there is an end to both. Names of tables become part of
// names of files.
const (
	MaxTables    = 64   // tables of one Results, the default included
	MaxColumns   = 1000 // columns of one table
	MaxTableName = 64   // bytes
	MaxName      = 256  // bytes of a column's name
)

// Field is one named value of a row.
type Field struct {
	// Name is the column: UTF-8, not empty, at most MaxName bytes, not TableKey.
	Name string
	// Value is nil, bool, float64, int, int64, uint64, or a string in UTF-8.
	Value any
}

// Row is an ordered list of fields, no two of which have the same name. It is an ordered JSON
// object, too.
type Row []Field

// check names the first field that cannot be recorded, other than for its name being there twice.
func (r Row) check() error {
	for _, f := range r {
		if err := checkName(f.Name); err != nil {
			return err
		}
		if err := checkValue(f.Value); err != nil {
			return problem("column %q: %w", f.Name, err)
		}
	}
	return nil
}

func checkName(name string) error {
	switch {
	case name == "":
		return problem("a column without a name")
	case len(name) > MaxName:
		return problem("the column name %q... has %d bytes, at most %d", cut(name, 32), len(name), MaxName)
	case !utf8.ValidString(name):
		return problem("the column name %q is not UTF-8", name)
	case name == TableKey:
		return problem("no column can be named %q, which is where a row's table is written", name)
	}
	return nil
}

// checkTable admits what is safe in the name of a file on any system.
func checkTable(name string) error {
	if len(name) > MaxTableName {
		return problem("the table name %q... has %d bytes, at most %d", cut(name, 32), len(name), MaxTableName)
	}
	for _, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-') {
			return problem("the table name %q; letters of ASCII, digits, - and _ can be used", name)
		}
	}
	return nil
}

func cut(s string, n int) string { return strings.ToValidUTF8(s[:min(n, len(s))], "") }

// get returns the value of a field, and whether there is one.
func (r Row) get(name string) (any, bool) {
	i := slices.IndexFunc(r, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return nil, false
	}
	return r[i].Value, true
}

// MarshalJSON writes the row as an object, in order and in canonical form.
func (r Row) MarshalJSON() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	return appendRow(nil, "", r), nil
}

// UnmarshalJSON reads an object of at most MaxColumns plain values, in its order. Whole numbers
// that fit become int64 or uint64, others float64. A key that is there twice is an error.
func (r *Row) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return problem("a row must be a JSON object")
	}
	row, seen := Row{}, map[string]bool{}
	for d.More() {
		f, err := readField(d)
		if err != nil {
			return err
		}
		if len(row) == MaxColumns {
			return problem("an object of more than %d values", MaxColumns)
		}
		if seen[f.Name] {
			return problem("the key %q is there twice", f.Name)
		}
		seen[f.Name] = true
		row = append(row, f)
	}
	*r = row
	return row.check()
}

// readField reads a key and its value.
func readField(d *json.Decoder) (Field, error) {
	name, err := d.Token()
	if err != nil {
		return Field{}, err
	}
	value, err := d.Token()
	if err != nil {
		return Field{}, err
	}
	f := Field{name.(string), value} // the decoder has made sure that a key is a string
	switch value := value.(type) {
	case json.Delim:
		return f, problem("column %q: a list or an object is no value of a row", f.Name)
	case json.Number:
		f.Value, err = number(value.String())
	}
	return f, err
}
