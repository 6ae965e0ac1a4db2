package store_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
)

// What a node does for a downloader: a token with the answer to its get_peers,
// and its address kept when it comes back with the token in an announce_peer.
func Example() {
	var (
		now      krpc.Time
		src      = rand.NewPCG(1, 2) // on a real network: unpredictable
		tokens   = store.NewTokens(src, now)
		peers    = store.NewPeers(store.PeersConfig{})
		infoHash = krpc.ID{0xab}
		from     = netip.MustParseAddrPort("192.0.2.7:6881")
	)
	token := tokens.Issue(now, from.Addr(), nil)

	now = now.Add(3 * time.Minute)
	if tokens.Valid(now, from.Addr(), token) {
		peers.Announce(now, infoHash, from, false)
	}
	fmt.Println(peers.Sample(now, infoHash, false, false, 50, src, nil))

	now = now.Add(store.DefaultExpiry)
	fmt.Println(peers.Sample(now, infoHash, false, false, 50, src, nil))
	// Output:
	// [192.0.2.7:6881]
	// []
}
