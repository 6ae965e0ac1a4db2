package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
	"github.com/lightdht/lightdht/dht/udp"
	"github.com/lightdht/lightdht/engine/files"
)

const (
	saveEvery = 5 * time.Minute // ours
	savePage  = 256             // entries copied in one loan of the node; ours
	maxSaved  = 20_000_000      // nodes: a table's own limit
	maxHeader = 4096            // bytes; a table's line may be as long
)

// state is what a node keeps from one run to the next: its id and its table, in
// the form in which tables are saved (JSON Lines), with the id in the header. The
// secrets of tokens are not in it: whoever reads the file can forge nothing.
type state struct {
	id      krpc.ID // zero: the file names none
	entries []table.Entry
}

// stateHeader is the first line of a state. Package table reads it as its own.
type stateHeader struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	ID      string `json:"id,omitempty"`
}

// readState reads a state. What was read before an error is good.
func readState(r io.Reader) (s state, err error) {
	raw := make([]byte, maxHeader)
	n, err := io.ReadFull(r, raw)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return s, err
	}
	raw = raw[:n]
	var header stateHeader
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	bad := json.Unmarshal(line, &header) // if it is no header at all, Decode says it better
	if _, mistyped := errors.AsType[*json.UnmarshalTypeError](bad); mistyped || bad == nil && header.ID != "" {
		if s.id, err = krpc.ParseID(header.ID); err != nil || s.id.IsZero() {
			return state{}, fmt.Errorf("line 1: the id is %q", header.ID)
		}
	}
	err = table.Decode(io.MultiReader(bytes.NewReader(raw), r), func(e table.Entry) error {
		if len(s.entries) == maxSaved {
			return fmt.Errorf("more than %d nodes", maxSaved)
		}
		s.entries = append(s.entries, e)
		return nil
	})
	return s, err
}

// writeState writes the state of a node, which goes on meanwhile.
func writeState(w io.Writer, own *udp.Host) error {
	var id krpc.ID
	var end int
	own.Do(func(_ dht.Time, n *dht.Node) { id, end = n.ID(), n.Table().End() })
	return table.Encode(&headed{w: w, id: id}, func(yield func(table.Entry) bool) {
		page := make([]table.Entry, 0, savePage)
		for next := 0; next < end; { // whoever is new meanwhile is for the next time
			own.Do(func(now dht.Time, n *dht.Node) { page, next = n.Table().Page(now, next, page[:0]) })
			for _, e := range page {
				if !yield(e) {
					return
				}
			}
		}
	})
}

// headed puts an id into the header of the table that is written through it.
type headed struct {
	w     io.Writer
	id    krpc.ID
	first []byte // what there is of the header
	body  bool
}

// Write passes p on, once the header is whole.
func (h *headed) Write(p []byte) (int, error) {
	if h.body {
		return h.w.Write(p)
	}
	line, rest, whole := bytes.Cut(append(h.first, p...), []byte("\n"))
	if !whole {
		h.first = line
		return len(p), nil
	}
	var header stateHeader
	if err := json.Unmarshal(line, &header); err != nil {
		return 0, err
	}
	header.ID = h.id.String()
	line, err := json.Marshal(header)
	if err != nil {
		return 0, err
	}
	h.body = true
	if _, err = h.w.Write(append(append(line, '\n'), rest...)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// errLocked is why a file cannot be locked: another process has done so.
var errLocked = files.ErrLocked

// holdState keeps the file of --state from other processes: the last of them to
// write it would be the only one to have done so. Nothing else would notice, so the
// lock is a file beside it.
func (h *host) holdState(path string) (release func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	if err := files.Check(path); err != nil {
		return nil, fmt.Errorf("--state: %w", err)
	}
	release, err = h.lockFile(path + ".lock")
	switch {
	case errors.Is(err, errLocked):
		return nil, fmt.Errorf("--state: %s is in use by another process; end that one, or give this one a file of its own", path)
	case err != nil:
		return nil, fmt.Errorf("--state: %w", err)
	}
	return release, nil
}

// loadState reads the file of --state; there may be none yet. A damaged one is set
// aside, and tell says so; what could be read of it counts.
func (h *host) loadState(path string, tell func(text string)) (s state, err error) {
	if path == "" {
		return s, nil
	}
	file, err := h.openFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("--state: %w", err)
	}
	s, damage := readState(file)
	file.Close()
	if damage == nil {
		return s, nil
	}
	if errors.As(damage, new(*fs.PathError)) { // it cannot be read: that says nothing of what is in it
		return s, fmt.Errorf("--state: %w", damage)
	}
	aside, err := h.setAside(path)
	if err != nil {
		return s, fmt.Errorf("--state: %s is damaged (%v), and cannot be set aside: %w", path, damage, err)
	}
	left := "a new one is begun"
	if len(s.entries) > 0 {
		left = fmt.Sprintf("what it has before that, %s, is used", many(len(s.entries), "node", "nodes"))
	}
	tell(fmt.Sprintf("--state: %s is damaged (%v); it is kept as %s, and %s", path, damage, aside, left))
	return s, nil
}

// keeper writes a node's state to its file now and then.
type keeper struct {
	save    func() error
	tell    func(text string)
	quit    chan struct{}
	stopped chan struct{} // closed when the goroutine is over
}

// keepState writes the state of own to path at once, which shows that it can be
// done, and from then on every 5 minutes. Its goroutine ends with close.
func (h *host) keepState(path string, own *udp.Host, tell func(text string)) (*keeper, error) {
	k := &keeper{
		save: func() error {
			return h.replaceFile(path, func(w io.Writer) error { return writeState(w, own) })
		},
		tell: tell, quit: make(chan struct{}), stopped: make(chan struct{}),
	}
	if err := k.save(); err != nil {
		return nil, fmt.Errorf("--state: %w", err)
	}
	go k.keep()
	return k, nil
}

func (k *keeper) keep() {
	defer close(k.stopped)
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := k.save(); err != nil {
				k.tell(fmt.Sprintf("--state: %v; it is tried again", err))
			}
		case <-k.quit:
			return
		}
	}
}

// close saves for the last time. Of a nil keeper it does nothing.
func (k *keeper) close() error {
	if k == nil {
		return nil
	}
	close(k.quit)
	<-k.stopped
	if err := k.save(); err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	return nil
}
