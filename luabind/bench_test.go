package luabind

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
)

// crowded is a site whose node knows n others.
func crowded(b *testing.B, n int) *site {
	b.Helper()
	s := simSite(b, sim.Config{Nodes: 10, Seed: 1})
	src := s.engine.Random()
	s.bindings.own.loop.Do(func(now dht.Time, node *dht.Node) {
		for i := range n {
			addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 6881)
			node.Table().Answered(now, krpc.Contact{ID: krpc.RandomID(src), Addr: addr}, 50*time.Millisecond, []byte("LD\x00\x01"))
		}
	})
	return s
}

// loop runs a script, of which one statement takes place b.N times.
func (s *site) loop(b *testing.B, format string) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	if err := s.run("bench.lua", fmt.Sprintf(format, b.N)); err != nil {
		b.Fatal(err)
	}
}

// One entry of for id, n in pairs(dht.table), of 100,000.
func BenchmarkPairs(b *testing.B) {
	crowded(b, 100_000).loop(b, `
		local left = %d
		while left > 0 do
			for id, n in pairs(dht.table) do
				left = left - 1
				if left <= 0 then break end
			end
		end`)
}

func BenchmarkGet(b *testing.B) {
	crowded(b, 100_000).loop(b, `
		local known = dht.table:sample(1)[1].id
		for i = 1, %d do local n = dht.table[known] end`)
}

func BenchmarkLen(b *testing.B) {
	crowded(b, 100_000).loop(b, `for i = 1, %d do local n = #dht.table end`)
}

func BenchmarkSortedFirst10Of100k(b *testing.B) {
	crowded(b, 100_000).loop(b, `for i = 1, %d do dht.table:sorted("rtt", 10) end`)
}

func BenchmarkCountOf100k(b *testing.B) {
	crowded(b, 100_000).loop(b, `for i = 1, %d do dht.table:count("good") end`)
}

// A blocking call through the simulated network, there and back.
func BenchmarkPing(b *testing.B) {
	simSite(b, sim.Config{Nodes: 100, Seed: 1}).loop(b, `
		local addr = sim.nodes()[1].addr
		for i = 1, %d do dht.rpc.ping(addr) end`)
}

func BenchmarkGetPeers(b *testing.B) {
	simSite(b, sim.Config{Nodes: 1000, Seed: 1}).loop(b, `for i = 1, %d do dht.get_peers(id.random()) end`)
}
