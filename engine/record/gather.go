package record

import (
	"bytes"
	"maps"
	"slices"
	"sync"
)

// Held is a [Sink] that keeps rows in memory, for a [Gather]. The Limits of the Results that writes
// to it bound its memory.
type Held struct {
	rows []heldRow
	size int64
}

type heldRow struct {
	table string
	row   Row
}

// fieldSize is about the memory of a field without its text, in bytes (measured).
const fieldSize = 48

// Put keeps one row.
func (h *Held) Put(e Entry) error {
	h.rows = append(h.rows, heldRow{e.Table, slices.Clone(e.Row)})
	h.size += int64(len(e.Line)) + fieldSize*int64(len(e.Row)+1)
	return nil
}

// Close does nothing; the rows stay.
func (h *Held) Close() error { return nil }

// Rows is the number of rows kept.
func (h *Held) Rows() int { return len(h.rows) }

// Gather puts the rows of many runs into one [Results], in the order of the runs' numbers: the
// outcome does not depend on how many ran at a time.
//
// Runs that end before their turn are held in memory. When they take more than the given memory,
// Add waits. For the wait to end, every number from 0 on must come, and runs must be begun in the
// order of their numbers, so that the run with the next number never waits for a later one.
type Gather struct {
	mu     sync.Mutex
	turn   sync.Cond // next, size or err has changed
	to     *Results
	memory int64
	next   int
	held   map[int]gathered
	size   int64
	err    error
}

type gathered struct {
	lead Row
	rows *Held
}

// NewGather gathers into a Results, which remains the caller's to close, and holds about the given
// number of bytes.
func NewGather(to *Results, memory int64) *Gather {
	g := &Gather{to: to, memory: memory, held: map[int]gathered{}}
	g.turn.L = &g.mu
	return g
}

// Add hands over the rows of the run with the given number, and their leading columns: the run's
// parameters and seed, the same names in the same order for every run. Runs are numbered from 0;
// one that failed is added with the rows it had, or with nil. rows and lead are the Gather's from
// then on.
//
// A column that the script recorded under the name of a leading one is left out if it has the same
// value, and is otherwise called NAME_recorded.
//
// Add is safe for use by several goroutines and may wait for runs with lower numbers. It returns
// the first error there was in writing, be it of other rows; or its own, if there was a run with
// that number before.
func (g *Gather) Add(run int, lead Row, rows *Held) error {
	if rows == nil {
		rows = new(Held)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.err == nil && run > g.next && g.size > 0 && g.size+rows.size > g.memory {
		g.turn.Wait()
	}
	if g.err != nil {
		return g.err
	}
	if _, twice := g.held[run]; twice || run < g.next {
		return problem("run %d was gathered before", run)
	}
	g.held[run] = gathered{lead, rows}
	g.size += rows.size
	return g.writeDue()
}

// writeDue writes the runs whose turn has come.
func (g *Gather) writeDue() error {
	defer g.turn.Broadcast()
	for g.err == nil {
		if _, ok := g.held[g.next]; !ok {
			break
		}
		g.err = g.write(g.next)
		g.next++
	}
	return g.err
}

func (g *Gather) write(run int) error {
	r := g.held[run]
	delete(g.held, run)
	g.size -= r.rows.size
	for _, h := range r.rows.rows {
		if err := g.to.Add(h.table, join(r.lead, h.row)); err != nil {
			return err
		}
	}
	return nil
}

// join puts the leading columns before a row.
func join(lead, row Row) Row {
	all := slices.Concat(lead, row)
	kept := all[:len(lead)]
	for _, f := range all[len(lead):] {
		if v, ok := lead.get(f.Name); ok {
			if bytes.Equal(appendValue(nil, v), appendValue(nil, f.Value)) {
				continue
			}
			f.Name = free(f.Name, lead, row)
		}
		kept = append(kept, f)
	}
	return kept
}

// free finds a name that is in neither list.
func free(name string, lead, row Row) string {
	for {
		name += "_recorded"
		_, inLead := lead.get(name)
		_, inRow := row.get(name)
		if !inLead && !inRow {
			return name
		}
	}
}

// Close writes the rows that are still held, in order, though runs before them are missing: an
// interrupted sweep keeps its rows. No Add may be running.
func (g *Gather) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.err == nil && len(g.held) > 0 {
		g.next = slices.Min(slices.Collect(maps.Keys(g.held)))
		g.writeDue()
	}
	return g.err
}
