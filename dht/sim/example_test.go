package sim_test

import (
	"fmt"
	"log"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
)

// A network of 500, in which one of our own nodes announces a torrent and
// a member of the population finds it.
func Example() {
	w, err := sim.New(sim.Config{Nodes: 500, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer w.Close()
	infoHash := krpc.ID{0xab, 0xcd}

	seeder, err := w.Open(dht.Config{Addr: netip.MustParseAddrPort("192.0.2.1:6881")})
	if err != nil {
		log.Fatal(err)
	}
	done := false
	seeder.Do(func(now dht.Time, n *dht.Node) {
		n.AnnouncePeer(now, infoHash, 7000, dht.SearchConfig{Start: w.Entry(3)}, func(_ dht.Time, r *dht.Result) {
			fmt.Println("stored at", r.Stored, "nodes")
			done = true
		})
	})
	for !done && w.Step() {
	}

	member, _ := w.Host(42)
	done = false
	member.Do(func(now dht.Time, n *dht.Node) {
		n.GetPeers(now, infoHash, dht.SearchConfig{}, func(_ dht.Time, r *dht.Result) {
			fmt.Println("found", r.Peers)
			done = true
		})
	})
	for !done && w.Step() {
	}
	// Output:
	// stored at 8 nodes
	// found [192.0.2.1:7000]
}
