package record

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lightdht/lightdht/engine/files"
)

// csvSink has a file for each table, opened at its first row.
type csvSink struct {
	path    string // of the default table
	files   map[string]*csvFile
	careful bool // further tables must not replace files; see Claim
}

// csvFile is the file of one table. Its first line names the columns.
type csvFile struct {
	*file
	path    string
	columns int
	buf     []byte
}

func openCSV(path string) (Sink, error) {
	c := &csvSink{path: path, files: map[string]*csvFile{}}
	if _, err := c.open(""); err != nil {
		return nil, err
	}
	return c, nil
}

// open returns the file of a table.
func (c *csvSink) open(table string) (*csvFile, error) {
	if f := c.files[table]; f != nil {
		return f, nil
	}
	path := c.path
	if table != "" {
		ending := filepath.Ext(path)
		path = strings.TrimSuffix(path, ending) + "." + table + ending
	}
	if c.careful {
		if err := vacant(path); err != nil {
			return nil, err
		}
	}
	f, err := createCSV(path)
	if err != nil {
		return nil, err
	}
	c.files[table] = f
	return f, nil
}

func createCSV(path string) (*csvFile, error) {
	f, err := createFile(path, os.O_RDWR)
	if err != nil {
		return nil, err
	}
	return &csvFile{file: f, path: path}, nil
}

func (c *csvSink) Put(e Entry) error {
	f, err := c.open(e.Table)
	if err != nil {
		return err
	}
	return f.put(e)
}

func (c *csvSink) Close() error {
	var failed error
	for _, table := range slices.Sorted(maps.Keys(c.files)) {
		failed = errors.Join(failed, c.files[table].close())
	}
	return failed
}

// put writes one row; a row with new columns changes the first line.
func (f *csvFile) put(e Entry) error {
	f.buf = f.buf[:0]
	if f.size > 0 && len(e.Columns) > f.columns {
		return f.widen(e)
	}
	if f.size == 0 {
		f.columns = len(e.Columns)
		f.buf = appendHeader(f.buf, e.Columns)
	}
	f.buf = appendRecord(f.buf, e.Columns, e.Row)
	return f.append(f.buf)
}

// widen replaces the file by one that has more columns, and the new row.
func (f *csvFile) widen(e Entry) error {
	info, err := f.f.Stat()
	if err != nil {
		return problem("%w", err)
	}
	err = replace(f.path, func(wider *os.File) error {
		out := bufio.NewWriterSize(wider, 1<<16)
		out.Write(appendHeader(nil, e.Columns))
		if err := f.copyPadded(out, f.columns, len(e.Columns)); err != nil {
			return err
		}
		out.Write(appendRecord(f.buf, e.Columns, e.Row))
		return errors.Join(out.Flush(), wider.Chmod(info.Mode().Perm()))
	})
	if err != nil {
		return err
	}
	f.columns = len(e.Columns)
	return f.reopen()
}

// copyPadded copies every line but the first, with empty cells for the new columns. A line end
// within quotes does not end a row, and a quote within quotes is doubled, so it is enough to count
// quotes.
func (f *csvFile) copyPadded(out *bufio.Writer, before, after int) error {
	padding := bytes.Repeat([]byte{','}, after-before)
	if before == 0 { // empty lines
		padding = appendRecord(nil, make([]string, after), nil)
		padding = padding[:len(padding)-1]
	}
	in := bufio.NewReaderSize(io.NewSectionReader(f.f, 0, f.size), 1<<16)
	first, quoted := true, false
	for {
		piece, err := in.ReadSlice('\n') // to the end of a line or of the buffer
		quoted = quoted != (bytes.Count(piece, []byte{'"'})%2 == 1)
		row, ends := bytes.CutSuffix(piece, []byte{'\n'})
		ends = ends && !quoted
		switch { // an error of writing stays until Flush
		case first:
			first = !ends
		case ends:
			out.Write(row)
			out.Write(padding)
			out.WriteByte('\n')
		default:
			out.Write(piece)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil && err != bufio.ErrBufferFull {
			return err
		}
	}
}

// reopen continues at the end of the file that has replaced this one.
func (f *csvFile) reopen() error {
	wider, err := files.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return problem("%w", err)
	}
	size, err := wider.Seek(0, io.SeekEnd)
	old := f.f
	f.f, f.size = wider, size
	if err = errors.Join(err, old.Close()); err != nil {
		return problem("%w", err)
	}
	return nil
}

func appendHeader(b []byte, columns []string) []byte {
	for i, name := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, name)
	}
	return append(b, '\n')
}

// appendRecord writes one row; row is in the order of columns.
func appendRecord(b []byte, columns []string, row Row) []byte {
	start := len(b)
	for i, name := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		if len(row) == 0 || row[0].Name != name {
			continue
		}
		b = appendCell(b, row[0].Value)
		row = row[1:]
	}
	if len(columns) == 1 && len(b) == start {
		b = append(b, `""`...) // readers skip empty lines
	}
	return append(b, '\n')
}

// appendCell quotes cells as RFC 4180 requires, and also empty strings and spaces at the ends,
// which some readers would lose.
func appendCell(b []byte, v any) []byte {
	s, ok := v.(string)
	switch {
	case missing(v):
		return b
	case !ok:
		return appendValue(b, v)
	case s != "" && !strings.ContainsAny(s, ",\"\r\n") && strings.TrimSpace(s) == s:
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
