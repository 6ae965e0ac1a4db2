package table

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// number returns the i-th of many contacts, each with an address of its own.
func number(i int, src krpc.Source) krpc.Contact {
	var ip [4]byte
	binary.BigEndian.PutUint32(ip[:], uint32(i)+0x0100_0000)
	return krpc.Contact{ID: krpc.RandomID(src), Addr: netip.AddrPortFrom(netip.AddrFrom4(ip), 6881)}
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// crowd returns n contacts; every second one has an id that begins with the
// first bits of prefix.
func crowd(n, bits int, prefix krpc.ID, src krpc.Source) []krpc.Contact {
	all := make([]krpc.Contact, n)
	for i := range all {
		all[i] = number(i, src)
		if i%2 == 1 {
			all[i].ID = all[i].ID.WithPrefix(prefix, bits)
		}
	}
	return all
}

func BenchmarkHearNew(b *testing.B) {
	src := source(1)
	f := NewFlat(krpc.RandomID(src), Config{})
	for i := range 1_000_000 {
		f.Heard(krpc.Time(i), number(i, src))
	}
	all := crowd(b.N, 0, krpc.ID{}, src)
	b.ResetTimer()
	for _, c := range all {
		f.Heard(1e9, c)
	}
}

func BenchmarkClosest(b *testing.B) {
	for name, bits := range map[string]int{"spread": 0, "prefix72": 72} {
		b.Run(name, func(b *testing.B) {
			src := source(1)
			prefix := krpc.RandomID(src)
			f := NewFlat(krpc.RandomID(src), Config{})
			for _, c := range crowd(1_000_000, bits, prefix, src) {
				f.Heard(1, c)
			}
			targets := make([]krpc.ID, 1024)
			for i := range targets {
				targets[i] = krpc.RandomID(src)
				if i%2 == 1 {
					targets[i] = targets[i].WithPrefix(prefix, bits)
				}
			}
			dst := make([]krpc.Contact, 0, 8)
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				dst = f.Closest(2, targets[i%1024], 8, dst[:0])
				i++
			}
			slices.Reverse(dst)
		})
	}
}

func BenchmarkServe(b *testing.B) {
	src := source(1)
	t := NewBuckets(krpc.RandomID(src), Config{})
	fillTo(t, 128, src)
	targets := make([]krpc.ID, 1024)
	for i := range targets {
		targets[i] = krpc.RandomID(src)
	}
	dst := make([]krpc.Contact, 0, 8)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		dst = t.Serve(2e9, targets[i%1024], 8, dst[:0])
		i++
	}
}

// fillTo has nodes answer, ever nearer to the table's own id, until n are known.
func fillTo(t *Buckets, n int, src krpc.Source) {
	for i := 0; t.Len() < n; i++ {
		c := number(i, src)
		c.ID = c.ID.WithPrefix(t.own, i%24)
		t.Answered(1e9, c, 1e8, []byte("LD\x00\x01"))
	}
}
