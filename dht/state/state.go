package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
	"github.com/lightdht/lightdht/dht/udp"
)

// PageSize is how many entries are copied while the node is stopped, and how many Read has in a
// page; chosen by us.
const PageSize = 256

// State is what a node keeps from one run to the next.
type State struct {
	ID    krpc.ID         // zero: the file names none
	Pages [][]table.Entry // in the order of the file, at most PageSize in each: appending to one large slice would copy it many times
	Nodes int             // in all pages
}

// add appends a node.
func (s *State) add(e table.Entry) error {
	if s.Nodes == table.DefaultLimit {
		return fmt.Errorf("more than %d nodes", table.DefaultLimit)
	}
	if s.Nodes%PageSize == 0 {
		s.Pages = append(s.Pages, make([]table.Entry, 0, PageSize))
	}
	last := &s.Pages[len(s.Pages)-1]
	*last = append(*last, e)
	s.Nodes++
	return nil
}

// header is the first line of a state. Package table reads it as its own.
type header struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	ID      string `json:"id,omitempty"`
}

// Read reads a state. The nodes before an error are valid. progress is called after each full page
// with the number of nodes so far; it may be nil.
func Read(r io.Reader, progress func(nodes int)) (s State, err error) {
	raw := make([]byte, table.MaxLine)
	n, err := io.ReadFull(r, raw)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return s, err
	}
	raw = raw[:n]
	if s.ID, err = readID(raw); err != nil {
		return State{}, err
	}
	err = table.Decode(io.MultiReader(bytes.NewReader(raw), r), func(e table.Entry) error {
		err := s.add(e)
		if progress != nil && s.Nodes%PageSize == 0 {
			progress(s.Nodes)
		}
		return err
	})
	return s, err
}

// readID reads the id in the header that text begins with; zero if it names none. Text
// that is not a header is left to [table.Decode], which says what is wrong with it.
func readID(text []byte) (id krpc.ID, err error) {
	var h header
	line, _, _ := bytes.Cut(text, []byte("\n"))
	err = json.Unmarshal(line, &h)
	_, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	if !mistyped && (err != nil || h.ID == "") {
		return krpc.ID{}, nil
	}
	if id, err = krpc.ParseID(h.ID); err != nil || id.IsZero() {
		return krpc.ID{}, fmt.Errorf("line 1: the id is %q", h.ID)
	}
	return id, nil
}

// Write writes the state of a node, which goes on meanwhile. Nodes that it meets after the
// beginning are left out.
func Write(w io.Writer, node *udp.Host) error {
	var id krpc.ID
	var end int
	node.Do(func(_ dht.Time, n *dht.Node) { id, end = n.ID(), n.Table().End() })
	return table.Encode(&idWriter{w: w, id: id}, func(yield func(table.Entry) bool) {
		page := make([]table.Entry, 0, PageSize)
		for next := 0; next < end; {
			node.Do(func(now dht.Time, n *dht.Node) { page, next = n.Table().Page(now, next, page[:0]) })
			for _, e := range page {
				if !yield(e) {
					return
				}
			}
		}
	})
}

// idWriter puts an id into the header of the table that is written through it.
type idWriter struct {
	w     io.Writer
	id    krpc.ID
	first []byte // the beginning of the header, while it is incomplete
	body  bool   // the header has been written
}

// Write passes p on, once the header is whole.
func (w *idWriter) Write(p []byte) (int, error) {
	if w.body {
		return w.w.Write(p)
	}
	line, rest, whole := bytes.Cut(append(w.first, p...), []byte("\n"))
	if !whole {
		w.first = line
		return len(p), nil
	}
	var h header
	if err := json.Unmarshal(line, &h); err != nil {
		return 0, err
	}
	h.ID = w.id.String()
	line, err := json.Marshal(h)
	if err != nil {
		return 0, err
	}
	w.body = true
	if _, err = w.w.Write(append(append(line, '\n'), rest...)); err != nil {
		return 0, err
	}
	return len(p), nil
}
