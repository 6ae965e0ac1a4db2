package share

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Limits of a file; chosen by us, but for those that follow from [krpc.MaxValue].
const (
	MaxPacked = 256 << 10 // bytes after compression
	MaxSize   = 4 << 20   // bytes before
	MaxName   = 64        // bytes of the file's name

	chunkLen  = krpc.MaxValue - len("996:")           // bytes of a chunk
	indexLen  = (krpc.MaxValue - len("980:")) / idLen // hashes in an index
	rootLen   = 40                                    // hashes in a root, beside all else that is in it
	maxChunks = (MaxPacked + chunkLen - 1) / chunkLen // 264
	_         = uint(rootLen*indexLen - maxChunks)    // does not compile if one level of indexes is too few
	idLen     = 20
	version   = 1
)

// Root is what the first item says of a file.
type Root struct {
	// Name is the file's, without a folder: printable, at most MaxName bytes. It is what its author
	// calls it; do not write to it unasked.
	Name string
	// Size is how many bytes the file has, Packed how many after compression.
	Size, Packed int

	sum    [32]byte  // SHA-256 of the file
	pieces []krpc.ID // chunks, or indexes of them
}

// chunks is how many there are.
func (r *Root) chunks() int { return (r.Packed + chunkLen - 1) / chunkLen }

// indexes is how many there are; 0: the root has the hashes of the chunks.
func (r *Root) indexes() int {
	if r.chunks() <= rootLen {
		return 0
	}
	return (r.chunks() + indexLen - 1) / indexLen
}

// Items is how many items the file is made of, the root included.
func (r *Root) Items() int { return 1 + r.indexes() + r.chunks() }

// value is the root's item.
func (r *Root) value() ([]byte, error) {
	return krpc.EncodeValue(map[string]any{
		"ld": int64(version), "name": r.Name, "size": int64(r.Size), "pack": int64(r.Packed),
		"sha256": string(r.sum[:]), "pieces": joined(r.pieces),
	})
}

// ParseRoot reads the value of a root. It does not allocate more than the value is long.
func ParseRoot(value []byte) (*Root, error) {
	fields, err := dictionary(value, "name", "pack", "pieces", "sha256", "size")
	if err != nil {
		return nil, err
	}
	r := &Root{}
	var pieces, sum string
	if !take(fields, "name", &r.Name) || !take(fields, "sha256", &sum) || !take(fields, "pieces", &pieces) ||
		!number(fields, "size", &r.Size) || !number(fields, "pack", &r.Packed) || len(sum) != len(r.sum) {
		return nil, problem("this is not what a shared file begins with")
	}
	copy(r.sum[:], sum)
	if err := r.check(); err != nil {
		return nil, err
	}
	want := r.indexes()
	if want == 0 {
		want = r.chunks()
	}
	if r.pieces = split(pieces); len(pieces) != want*idLen {
		return nil, problem("the file is said to have %d bytes of hashes, and its size takes %d", len(pieces), want*idLen)
	}
	return r, nil
}

// check holds what is said of a file against the limits.
func (r *Root) check() error {
	switch {
	case r.Packed > MaxPacked:
		return problem("%d bytes after compression; at most %d can be shared", r.Packed, MaxPacked)
	case r.Size > MaxSize:
		return problem("%d bytes; at most %d can be shared", r.Size, MaxSize)
	case r.Packed < 1 || r.Size < 0:
		return problem("%d bytes that are %d after compression cannot be", r.Size, r.Packed)
	case !isName(r.Name):
		return problem("%q is no name of a file", r.Name[:min(len(r.Name), MaxName)])
	}
	return nil
}

// isName reports whether a name is one on any system, can be shown, and is no flag.
func isName(name string) bool {
	return name != "" && len(name) <= MaxName && utf8.ValidString(name) && name[0] != '.' && name[0] != '-' &&
		!strings.ContainsAny(name, `/\:*?"<>|`) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// dictionary reads one that has ld: 1 and the keys that are named.
func dictionary(value []byte, keys ...string) (map[string]any, error) {
	if len(value) > krpc.MaxValue {
		return nil, problem("a value of %d bytes, at most %d", len(value), krpc.MaxValue)
	}
	v, err := krpc.DecodeValue(value)
	fields, ok := v.(map[string]any)
	if err != nil || !ok {
		return nil, problem("this is not what a shared file begins with")
	}
	var made int
	if !number(fields, "ld", &made) || made < version {
		return nil, problem("this is not what a shared file begins with")
	}
	if made > version {
		return nil, problem("version %d is of a newer lightdht; this one knows %d", made, version)
	}
	for _, key := range keys {
		if fields[key] == nil {
			return nil, problem("this is not what a shared file begins with: it has no %q", key)
		}
	}
	return fields, nil
}

// take reads a string of a dictionary.
func take(fields map[string]any, key string, to *string) (ok bool) {
	*to, ok = fields[key].(string)
	return ok
}

// number reads an integer of a dictionary, which must fit.
func number(fields map[string]any, key string, to *int) bool {
	n, ok := fields[key].(int64)
	*to = int(n)
	return ok && int64(int32(n)) == n
}

// joined writes hashes one after the other.
func joined(ids []krpc.ID) string {
	var b strings.Builder
	for _, id := range ids {
		b.Write(id[:])
	}
	return b.String()
}

// split is the opposite of joined; an incomplete hash at the end is left out.
func split(text string) []krpc.ID {
	ids := make([]krpc.ID, len(text)/idLen)
	for i := range ids {
		copy(ids[i][:], text[i*idLen:])
	}
	return ids
}
