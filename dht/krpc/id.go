package krpc

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
)

// IDLen is the length of an id in bytes (BEP 5: 160 bits).
const IDLen = 20

// DefaultK is Kademlia's k: how many nodes share a bucket, how many an answer names, and how many
// the closest to a target are (BEP 5).
const DefaultK = 8

// ID is a node id, an info-hash or a target: a point in the 160-bit key space,
// big-endian. It is comparable and serves as a map key.
type ID [IDLen]byte

// ParseID reads an id written as 40 hex digits of either case.
func ParseID(s string) (ID, error) {
	if len(s) != 2*IDLen {
		return ID{}, fmt.Errorf("krpc: an id has 40 hex digits, got %d characters", len(s))
	}
	var id ID
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, fmt.Errorf("krpc: an id has 40 hex digits: %w", err)
	}
	return id, nil
}

// IDFrom copies the 20 bytes of raw; ok is false if there are more or fewer.
func IDFrom[T []byte | string](raw T) (id ID, ok bool) {
	return id, copy(id[:], raw) == IDLen && len(raw) == IDLen
}

// String returns 40 lower-case hex digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// IsZero reports whether all 160 bits are zero, which is no honest node's id.
//
// It is asked three times of every contact in an answer, so it takes a pointer: a copy is written
// in overlapping pieces, and the processor could not read the first bits before all of it is in the
// cache; nor would == compare 20 bytes in place.
func (id *ID) IsZero() bool {
	return binary.NativeEndian.Uint64(id[:]) == 0 && *id == ID{}
}

// Is reports whether two ids are equal: the result of ==, but faster if they mostly differ.
func (id *ID) Is(other *ID) bool {
	return binary.NativeEndian.Uint64(id[:]) == binary.NativeEndian.Uint64(other[:]) && *id == *other
}

// Compare orders ids as big-endian numbers: -1, 0 or +1.
func (id ID) Compare(other ID) int { return bytes.Compare(id[:], other[:]) }

// Xor returns the Kademlia distance between two ids.
func (id ID) Xor(other ID) ID {
	var d ID
	for i := range d {
		d[i] = id[i] ^ other[i]
	}
	return d
}

// CommonPrefix returns how many leading bits two ids share, 0 to 160.
func (id ID) CommonPrefix(other ID) int {
	a, b := binary.BigEndian.Uint64(id[:]), binary.BigEndian.Uint64(other[:])
	if x := a ^ b; x != 0 {
		return bits.LeadingZeros64(x)
	}
	a, b = binary.BigEndian.Uint64(id[8:]), binary.BigEndian.Uint64(other[8:])
	if x := a ^ b; x != 0 {
		return 64 + bits.LeadingZeros64(x)
	}
	c, d := binary.BigEndian.Uint32(id[16:]), binary.BigEndian.Uint32(other[16:])
	return 128 + bits.LeadingZeros32(c^d)
}

// Bit returns bit i, counted from the most significant, as 0 or 1.
func (id ID) Bit(i int) int { return int(id[i>>3]>>(7-i&7)) & 1 }

// Flip returns id with bit i, counted from the most significant, inverted.
func (id ID) Flip(i int) ID {
	id[i>>3] ^= 0x80 >> (i & 7)
	return id
}

// WithPrefix returns the id that has the first n bits of prefix and the rest of
// id: with a random id, a random member of prefix's range.
func (id ID) WithPrefix(prefix ID, n int) ID {
	for i := 0; i < n>>3; i++ {
		id[i] = prefix[i]
	}
	if n&7 != 0 {
		mask := byte(0xff) << (8 - n&7)
		id[n>>3] = prefix[n>>3]&mask | id[n>>3]&^mask
	}
	return id
}

// Closer orders a and b by their distance to target: negative if a is nearer,
// positive if b is, 0 only if they are equal. It allocates nothing.
func Closer(target, a, b ID) int {
	for i := 0; i < 16; i += 8 {
		t := binary.BigEndian.Uint64(target[i:])
		x, y := binary.BigEndian.Uint64(a[i:])^t, binary.BigEndian.Uint64(b[i:])^t
		if x != y {
			if x < y {
				return -1
			}
			return 1
		}
	}
	t := binary.BigEndian.Uint32(target[16:])
	x, y := binary.BigEndian.Uint32(a[16:])^t, binary.BigEndian.Uint32(b[16:])^t
	if x == y {
		return 0
	}
	if x < y {
		return -1
	}
	return 1
}

// Source is a source of random numbers, such as those of math/rand/v2; on a real network it must be
// unpredictable.
type Source interface{ Uint64() uint64 }

// RandomID draws an id from src: three numbers.
func RandomID(src Source) ID {
	var id ID
	binary.BigEndian.PutUint64(id[:], src.Uint64())
	binary.BigEndian.PutUint64(id[8:], src.Uint64())
	binary.BigEndian.PutUint32(id[16:], uint32(src.Uint64()>>32))
	return id
}
