package dht_test

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
)

// wireFunc is a Wire that is a function.
type wireFunc func(to netip.AddrPort, packet []byte)

func (f wireFunc) Send(to netip.AddrPort, packet []byte) { f(to, packet) }

// spoofed is the i-th of four billion addresses.
func spoofed(i int) netip.AddrPort {
	var ip [4]byte
	binary.BigEndian.PutUint32(ip[:], 0x0b000000+uint32(i))
	return netip.AddrPortFrom(netip.AddrFrom4(ip), 6881)
}

// A flood under more addresses than the limiter remembers costs no more for each
// query than one from a few.
func TestFloodFromManyAddresses(t *testing.T) {
	nowhere := wireFunc(func(netip.AddrPort, []byte) {})
	n, err := dht.New(dht.Config{Addr: dhttest.Addr(0)}, nowhere, dhttest.Source(1))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for i := range 200_000 {
		n.Receive(1, spoofed(i), []byte("d1:q4:ping1:t2:aa1:y1:qe"))
	}
	if took := time.Since(began); took > 10*time.Second { // a sweep for each: over a minute
		t.Errorf("200,000 queries took %v", took)
	}
}

// A hook that ended a query and yet says that it did not keep it has decided.
func TestHookThatEndsAQueryAtOnce(t *testing.T) {
	for _, keep := range []bool{false, true} {
		b := newBench(t)
		b.node.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			q.Refuse(now, 202, "busy")
			return keep
		}})
		b.ask(pingQuery)
		if s := b.node.Stats(); s.PacketsOut != 1 || s.ErrorsOut != 1 {
			t.Errorf("keep %v: %d answers, %d refusals", keep, s.PacketsOut, s.ErrorsOut)
		}
	}
}
