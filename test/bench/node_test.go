package bench

import (
	"net/netip"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// counter is a wire that leads nowhere.
type counter struct {
	sent int
	size int // of the last datagram
}

func (c *counter) Send(_ netip.AddrPort, packet []byte) { c.sent, c.size = c.sent+1, len(packet) }

// server is a node that knows 2000 good others and 50 peers of one torrent.
func server(b *testing.B, wire dht.Wire) (*dht.Node, krpc.ID) {
	src := source()
	n, err := dht.New(dht.Config{Addr: netip.MustParseAddrPort("10.0.0.1:6881"), AnswerRate: -1}, wire, src)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range crowd(src, 2000, false) {
		n.Table().Answered(now, c, 1e8, nil)
	}
	torrent := krpc.RandomID(src)
	for range 50 {
		n.Peers().Announce(now, torrent, contact(src).Addr, false)
	}
	return n, torrent
}

// Serving a query, from its bytes to the bytes of the reply, without a socket.
// The queries come from 1024 nodes, with targets of their own.
func BenchmarkServe(b *testing.B) {
	type asker struct {
		from   netip.AddrPort
		packet []byte
	}
	for _, method := range []string{"find_node", "get_peers", "get_peers_with_values"} {
		b.Run(method, func(b *testing.B) {
			var wire counter
			node, torrent := server(b, &wire)
			src := source()
			var askers [1024]asker
			for i := range askers {
				c := contact(src)
				q := krpc.Query{Method: method, Tx: []byte("aabb"), ID: c.ID, Target: krpc.RandomID(src)}
				if method == "get_peers_with_values" {
					q.Method, q.Target = "get_peers", torrent
				}
				askers[i] = asker{c.Addr, q.Append(nil)}
				node.Receive(now, c.Addr, askers[i].packet) // from here on it is known
			}
			b.ReportAllocs()
			sent := wire.sent
			for i := 0; b.Loop(); i++ {
				a := &askers[i%len(askers)]
				node.Receive(now, a.from, a.packet)
			}
			if wire.sent-sent != b.N {
				b.Fatalf("%d replies to %d queries", wire.sent-sent, b.N)
			}
			if wire.size < 8*26 {
				b.Fatalf("replies of %d bytes do not name 8 nodes", wire.size)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*1e5, "s/100000")
		})
	}
}
