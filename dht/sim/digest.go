package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// digest sums up datagrams, each with the time at which it was sent: the sum of their SHA-256, as
// 256-bit numbers. So the datagrams of different shards need not be put in order.
type digest struct {
	sum [4]uint64 // the lowest 64 bits first
	buf []byte
}

// add adds one datagram: time (8 bytes, big-endian, as all numbers), the compact addresses of
// sender and receiver, whether it is lost (1 byte), its length (4 bytes) and its bytes.
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
	hash := sha256.Sum256(d.buf)
	var one digest
	for i := range one.sum {
		one.sum[i] = binary.BigEndian.Uint64(hash[len(hash)-8*(i+1):])
	}
	d.join(&one)
}

// join adds the sum of another digest.
func (d *digest) join(o *digest) {
	carry := uint64(0)
	for i := range d.sum {
		d.sum[i], carry = bits.Add64(d.sum[i], o.sum[i], carry)
	}
}
