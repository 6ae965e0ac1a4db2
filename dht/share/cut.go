package share

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Pieces are the items of one file.
type Pieces struct {
	// Root says what the file is, Target is where that is found: what a link names.
	Root   *Root
	Target krpc.ID
	// Items are immutable, none of them twice. The root is the last: who finds it finds the others.
	Items []krpc.Item
}

// Cut takes a file apart. The same name and data give the same items. The error says what is too
// large, or that the name cannot be one.
func Cut(name string, data []byte) (*Pieces, error) {
	packed := compress(data)
	r := &Root{Name: name, Size: len(data), Packed: len(packed), sum: sha256.Sum256(data)}
	if err := r.check(); err != nil {
		return nil, err
	}
	p := &Pieces{Root: r}
	for len(packed) > 0 {
		n := min(chunkLen, len(packed))
		r.pieces = append(r.pieces, p.add(packed[:n]))
		packed = packed[n:]
	}
	if r.indexes() > 0 {
		chunks := r.pieces
		r.pieces = nil
		for len(chunks) > 0 {
			n := min(indexLen, len(chunks))
			r.pieces = append(r.pieces, p.add([]byte(joined(chunks[:n]))))
			chunks = chunks[n:]
		}
	}
	value, err := r.value()
	if err != nil {
		return nil, problem("%v", err)
	}
	p.Target = p.addValue(value)
	return p, nil
}

// add makes an item of some bytes and returns its target.
func (p *Pieces) add(content []byte) krpc.ID { return p.addValue(krpc.AppendString(nil, content)) }

func (p *Pieces) addValue(value []byte) krpc.ID {
	target := krpc.ValueTarget(value)
	for i := range p.Items { // at most some hundred
		if bytes.Equal(p.Items[i].Value, value) {
			return target
		}
	}
	p.Items = append(p.Items, krpc.Item{Value: value})
	return target
}

// compress always gives the same bytes. Writing to memory cannot fail.
func compress(data []byte) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // fails for levels that do not exist
	w.Write(data)
	w.Close()
	return b.Bytes()
}
