package interop

import (
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// TestWeLeaveGuestsOut has clients that are read-only (BEP 43) search and announce through a node
// of ours: it must serve them, and neither keep nor ask them.
func TestWeLeaveGuestsOut(t *testing.T) {
	for _, c := range []client{libtorrent, anacrolix} { // bittorrent-dht cannot be read-only
		t.Run(c.name, func(t *testing.T) {
			hub := startNode(t, dht.Config{})
			torrent := infoHash()
			s := swarm{}
			s.join(t, hub.addr, krpcID(t, torrent), false)

			visitor := startPeerAt(t, c, addrs(t, c.network, 1), []string{hub.addr}, "--read-only")
			visitor.nodes(t, 0, 1)
			visitor.finds(t, 0, torrent, s.others[0])
			visitor.announce(t, 0, torrent, 7006)
			if entry, ok := hub.known(t, visitor.addrs[0]); ok {
				t.Errorf("our table holds the read-only %s: %+v", c.name, entry)
			}
			if asked := hub.stats().QueriesOut; asked != 0 {
				t.Errorf("our node sent %d queries, although it knows nobody but guests", asked)
			}
			if got := guest(t).pings(t, visitor.addrs[0]); got != silent {
				t.Errorf("the read-only %s answers a ping with %d", c.name, got)
			}
		})
	}
}

// inserted says when a client takes a read-only querier into its table, as it should not.
type inserted struct {
	bySearch, byAnnounce bool
}

var insertsGuests = map[string]inserted{
	"libtorrent":     {byAnnounce: true},                 // inserts any node with a valid token
	"bittorrent-dht": {bySearch: true, byAnnounce: true}, // does not know BEP 43
	"anacrolix":      {},
}

// TestTheyLeaveUsOut has a read-only node of ours search and announce through each client (BEP 43),
// which must serve it and should not name it to others.
func TestTheyLeaveUsOut(t *testing.T) {
	eachClient(t, func(t *testing.T, c client) {
		keeper := startPeer(t, c, 1).addrs[0]
		visitor, other := guest(t), guest(t)
		torrent := krpcID(t, infoHash())
		for range 3 {
			if _, err := visitor.GetPeers(t.Context(), torrent, only(t, keeper)); err != nil {
				t.Fatal(err)
			}
		}
		searched := other.isTold(t, keeper, visitor)
		visitor.announce(t, keeper, torrent, false)
		got := inserted{searched, other.isTold(t, keeper, visitor)}
		if want := insertsGuests[c.name]; got != want {
			t.Errorf("%s names our read-only node to others: %+v, not %+v", c.name, got, want)
		}
		if got := startNode(t, dht.Config{QueryTimeout: time.Second}).pings(t, visitor.addr); got != silent {
			t.Errorf("our read-only node answers a ping with %d", got)
		}
	})
}

// isTold reports whether a node names another to us.
func (n *node) isTold(t *testing.T, keeper string, of *node) bool {
	t.Helper()
	var own krpc.ID
	of.host.Do(func(_ dht.Time, node *dht.Node) { own = node.ID() })
	m := n.ask(t, keeper, dht.Call{Method: "find_node", Target: own})
	return slices.Contains(contacts(m), of.addr)
}

// pings returns what a ping came to.
func (n *node) pings(t *testing.T, addr string) int {
	t.Helper()
	_, err := n.Ping(t.Context(), addrPort(t, addr))
	return code(t, err)
}

func (n *node) stats() (s dht.Stats) {
	n.host.Do(func(_ dht.Time, node *dht.Node) { s = node.Stats() })
	return s
}
