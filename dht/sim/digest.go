package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// digest sums up every datagram sent, in order.
type digest struct {
	hash hash.Hash
	buf  []byte
}

func newDigest() *digest { return &digest{hash: sha256.New()} }

// add appends one datagram: time (8 bytes, big-endian, as all numbers), the
// compact addresses of sender and receiver, whether it is lost (1 byte), its
// length (4 bytes) and its bytes.
func (d *digest) add(now dht.Time, from, to netip.AddrPort, packet []byte, lost bool) {
	b := binary.BigEndian.AppendUint64(d.buf[:0], uint64(now))
	b = krpc.AppendAddr(krpc.AppendAddr(b, from), to)
	if lost {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(packet)))
	d.buf = append(b, packet...)
	d.hash.Write(d.buf)
}

// Digest returns the SHA-256 of all that was sent so far: same digest, same
// run. It is all zero without Config.Digest.
func (w *World) Digest() (sum [sha256.Size]byte) {
	if w.digest != nil {
		w.digest.hash.Sum(sum[:0])
	}
	return sum
}
