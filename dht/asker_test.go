package dht_test

import (
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// No answer names the node that asks, neither under its id nor at its address; another
// node has the place.
func TestAnswersDoNotNameTheAsker(t *testing.T) {
	for _, kind := range []dht.TableKind{dht.FlatTable, dht.BucketsTable} {
		net, nodes := swarm(t, 30, kind)
		answers := 0
		ask := func(from, to int, method string, as krpc.ID) {
			call := dht.Call{Method: method, Target: nodes[from].ID(), ID: as} // of which it is the nearest
			nodes[from].Query(net.Now(), krpc.Contact{Addr: dhttest.Addr(to)}, call, func(_ dht.Time, r dht.Reply) {
				if r.Err != nil {
					t.Fatalf("%s: %v", method, r.Err)
				}
				answers++
				named, _ := r.Message.AppendNodes(nil)
				for _, c := range named {
					if c.ID == nodes[from].ID() && as.IsZero() || c.Addr == dhttest.Addr(from) {
						t.Errorf("node %d tells node %d of itself when it is asked to %s", to, from, method)
					}
				}
				if len(named) != 8 {
					t.Errorf("node %d names %d nodes, want 8", to, len(named))
				}
			})
			net.Run(time.Second)
		}
		for to := 1; to < 30; to++ {
			for _, method := range []string{"find_node", "get_peers", "get", "sample_infohashes"} {
				ask(0, to, method, krpc.ID{})
			}
			ask(0, to, "find_node", krpc.ID{9}) // under another id
		}
		if answers != 29*5 {
			t.Errorf("%d answers", answers)
		}
	}
}
