package record

import (
	"crypto/sha256"
	"errors"
	"hash"
	"strings"
	"sync"
)

// Sink is one form of output: a file, a terminal, a list in memory. [Results] calls it from one
// goroutine at a time.
type Sink interface {
	// Put writes one row. Everything in e is lent until Put returns. After an error no further row
	// comes.
	Put(e Entry) error
	// Close writes what is held back and gives up what is held open.
	Close() error
}

// Entry is one row as a [Sink] gets it: checked, its fields in the order of columns.
type Entry struct {
	// Table is the table's name, "" for the default.
	Table string
	// Columns are the table's so far, this row's included. A table's columns only ever grow at the
	// end.
	Columns []string
	// Row holds the fields the row has.
	Row Row
	// Line is the canonical form, with its newline.
	Line []byte
}

// Limits bound what a run may record. Zero or less is no limit. They are the same whatever the form
// of output, so whether a run reaches them does not depend on where its results go.
type Limits struct {
	// Rows is the number of rows in all tables together.
	Rows int64
	// Bytes bounds each form of the results, as text or in files. It is compared with the size of
	// the canonical form plus one byte for each cell of CSV.
	Bytes int64
}

// ErrClosed is the error of a row after the end.
var ErrClosed = problem("the results are closed")

// Results takes the rows of one run. It is safe for use by several goroutines, and the order of
// their calls is the order of rows. Make one with [New].
type Results struct {
	mu     sync.Mutex
	limits Limits
	sinks  []Sink
	hash   hash.Hash
	tables map[string]*table
	folded map[string]string // lower-case names, as some file systems see them
	rows   int64
	bytes  int64
	err    error // after which nothing is taken
	broken error // of a sink

	slots []int // of add: where in the row a column's field is, plus 1; 0: it has none
	row   Row   // of add: the row in the order of columns
	line  []byte
}

// table knows the columns of one table.
type table struct {
	columns []string
	index   map[string]int // place in columns
	rows    int64
}

// New makes a Results that writes to any number of sinks, none included. It owns them from then on.
func New(limits Limits, sinks ...Sink) *Results {
	return &Results{
		limits: limits,
		sinks:  sinks,
		hash:   sha256.New(),
		tables: map[string]*table{},
		folded: map[string]string{},
	}
}

// Add takes one row of the named table, "" for the default, and keeps nothing of it. A row that is
// malformed (a name, a value, a column twice, too many columns or tables) is refused and changes
// nothing. After a [*LimitError], and after the error of a sink, every further row is refused with
// the same error.
func (r *Results) Add(name string, row Row) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return r.err
	}
	t, err := r.table(name)
	if err != nil {
		return err
	}
	if err := row.check(); err != nil {
		return err
	}
	known := len(t.columns)
	if err := r.arrange(t, row); err != nil {
		t.forget(known)
		return err
	}
	r.line = append(appendRow(r.line[:0], name, r.row), '\n')
	cost := int64(len(r.line)) + int64(len(t.columns)) + t.rows*int64(len(t.columns)-known)
	if r.err = r.overLimit(cost); r.err != nil {
		return r.err
	}
	r.tables[name] = t
	r.folded[strings.ToLower(name)] = name
	r.rows++
	r.bytes += cost
	t.rows++
	return r.put(Entry{name, t.columns, r.row, r.line})
}

// table returns a table, which is new if r.tables does not have it yet.
func (r *Results) table(name string) (*table, error) {
	if t := r.tables[name]; t != nil {
		return t, nil
	}
	if err := checkTable(name); err != nil {
		return nil, err
	}
	if len(r.tables) == MaxTables {
		return nil, problem("the table %q is one too many; at most %d", name, MaxTables)
	}
	if other, ok := r.folded[strings.ToLower(name)]; ok {
		return nil, problem("the tables %q and %q differ in case only, and their files might be the same", other, name)
	}
	return &table{index: map[string]int{}}, nil
}

// arrange learns the columns of the row and leaves the row in r.row, in their order.
func (r *Results) arrange(t *table, row Row) error {
	r.slots = append(r.slots[:0], make([]int, len(t.columns))...)
	for i, f := range row {
		at, ok := t.index[f.Name]
		if !ok {
			if at = len(t.columns); at == MaxColumns {
				return problem("the column %q is one too many; at most %d", f.Name, MaxColumns)
			}
			t.index[f.Name] = at
			t.columns = append(t.columns, f.Name)
			r.slots = append(r.slots, 0)
		}
		if r.slots[at] != 0 {
			return problem("the column %q is in the row twice", f.Name)
		}
		r.slots[at] = i + 1
	}
	r.row = r.row[:0]
	for _, at := range r.slots {
		if at > 0 {
			r.row = append(r.row, row[at-1])
		}
	}
	return nil
}

// forget drops the columns from the n-th on.
func (t *table) forget(n int) {
	for _, name := range t.columns[n:] {
		delete(t.index, name)
	}
	t.columns = t.columns[:n]
}

func (r *Results) overLimit(cost int64) error {
	switch {
	case r.limits.Rows > 0 && r.rows == r.limits.Rows:
		return &LimitError{"rows", r.limits.Rows}
	case r.limits.Bytes > 0 && r.bytes+cost > r.limits.Bytes:
		return &LimitError{"bytes", r.limits.Bytes}
	}
	return nil
}

func (r *Results) put(e Entry) error {
	r.hash.Write(e.Line)
	for _, s := range r.sinks {
		if r.broken = s.Put(e); r.broken != nil {
			r.err = r.broken
			return r.err
		}
	}
	return nil
}

// Digest is the SHA-256 of the canonical form of all rows taken so far. It may be asked for at any
// time, also after Close.
func (r *Results) Digest() (sum [sha256.Size]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hash.Sum(sum[:0])
	return sum
}

// Rows is the number of rows taken so far.
func (r *Results) Rows() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rows
}

// Size is how many bytes of [Limits] the rows taken so far come to.
func (r *Results) Size() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bytes
}

// Close closes every sink, also if one fails, and returns what failed, be it at a row before. Rows
// that come later are refused with [ErrClosed]; closing again does nothing.
func (r *Results) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	failed := r.broken
	for _, s := range r.sinks {
		failed = errors.Join(failed, s.Close())
	}
	r.sinks, r.err, r.broken = nil, ErrClosed, nil
	return failed
}
