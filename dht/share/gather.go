package share

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"io"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Gather puts a file together from its items, in whatever order they come. It takes nothing that
// does not have the hash, the kind and the length that the file's root implies. Not for use by
// several goroutines at a time.
type Gather struct {
	target  krpc.ID
	root    *Root
	indexes []piece
	chunks  []piece // targets are known as soon as their index is there
	have    int     // items, the root included
}

// piece is an item of the file, index or chunk.
type piece struct {
	target krpc.ID
	known  bool // target is
	taken  bool
	data   []byte // of a chunk
}

// NewGather begins with nothing but the target of the root.
func NewGather(root krpc.ID) *Gather { return &Gather{target: root} }

// Root returns what the file says of itself, as soon as that is there.
func (g *Gather) Root() (*Root, bool) { return g.root, g.root != nil }

// Done reports whether all items are there.
func (g *Gather) Done() bool { return g.root != nil && g.have == g.root.Items() }

// Progress returns how many items are there, and of how many; 1 as long as nothing is.
func (g *Gather) Progress() (have, all int) {
	if g.root == nil {
		return 0, 1
	}
	return g.have, g.root.Items()
}

// Missing lists the targets of the items that are known to be missing, none of them twice. More may
// follow once these are there.
func (g *Gather) Missing() []krpc.ID {
	if g.root == nil {
		return []krpc.ID{g.target}
	}
	var targets []krpc.ID
	listed := map[krpc.ID]bool{}
	for _, level := range [][]piece{g.indexes, g.chunks} {
		for _, p := range level {
			if p.known && !p.taken && !listed[p.target] {
				listed[p.target] = true
				targets = append(targets, p.target)
			}
		}
	}
	return targets
}

// Take takes the value of an item, which it copies. An error means that the file cannot be put
// together from any node's items: what its author shared is malformed, or target is not one that
// Missing listed, or not that of value.
func (g *Gather) Take(target krpc.ID, value []byte) error {
	if krpc.ValueTarget(value) != target {
		return problem("the item %v has another hash than its name says", target)
	}
	if g.root == nil {
		return g.takeRoot(target, value)
	}
	content, err := text(value)
	wanted := false
	for level, pieces := range [][]piece{g.indexes, g.chunks} {
		for i := range pieces {
			if p := &pieces[i]; p.known && !p.taken && p.target == target {
				wanted = true
				if err == nil {
					err = g.fill(level, i, content)
				}
			}
		}
	}
	if err == nil && !wanted {
		err = problem("the item %v is none that is missing", target)
	}
	return err
}

func (g *Gather) takeRoot(target krpc.ID, value []byte) (err error) {
	if target != g.target {
		return problem("the item %v is none that is missing", target)
	}
	if g.root, err = ParseRoot(value); err != nil {
		return err
	}
	g.have = 1
	g.indexes, g.chunks = make([]piece, g.root.indexes()), make([]piece, g.root.chunks())
	first := g.indexes
	if len(first) == 0 {
		first = g.chunks
	}
	for i, id := range g.root.pieces {
		first[i] = piece{target: id, known: true}
	}
	return nil
}

// fill takes the content of one index (level 0) or chunk.
func (g *Gather) fill(level, i int, content []byte) error {
	want, first := min(chunkLen, g.root.Packed-i*chunkLen), i*indexLen
	if level == 0 {
		want = idLen * min(indexLen, len(g.chunks)-first)
	}
	if len(content) != want {
		return problem("an item of %d bytes where one of %d belongs", len(content), want)
	}
	g.have++
	if level == 1 {
		g.chunks[i].taken, g.chunks[i].data = true, bytes.Clone(content)
		return nil
	}
	g.indexes[i].taken = true
	for n, id := range split(string(content)) {
		g.chunks[first+n] = piece{target: id, known: true}
	}
	return nil
}

// Data returns the file, when it is Done. It never holds more than [MaxSize] bytes of it.
func (g *Gather) Data() ([]byte, error) {
	if !g.Done() {
		return nil, problem("there are items missing")
	}
	packed := make([]byte, 0, g.root.Packed)
	for _, c := range g.chunks {
		packed = append(packed, c.data...)
	}
	in := bytes.NewReader(packed)
	data, err := io.ReadAll(io.LimitReader(flate.NewReader(in), int64(g.root.Size)+1))
	switch {
	case err != nil:
		return nil, problem("the file is damaged: it does not decompress")
	case len(data) != g.root.Size || in.Len() > 0:
		return nil, problem("the file is not the %d bytes that it is said to be", g.root.Size)
	case sha256.Sum256(data) != g.root.sum:
		return nil, problem("the file is damaged: it does not have the digest that it is said to have")
	}
	return data, nil
}

// text reads a bencoded string.
func text(value []byte) ([]byte, error) {
	if len(value) <= krpc.MaxValue {
		if s, err := krpc.DecodeValue(value); err == nil {
			if s, ok := s.(string); ok {
				return []byte(s), nil
			}
		}
	}
	return nil, problem("an item that is no piece of a file")
}
