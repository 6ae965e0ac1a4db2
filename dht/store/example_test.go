package store_test

import (
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
)

// A node serves a downloader: it gives a token with the answer to get_peers, and stores the address
// when the token comes back in an announce_peer.
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

// A node serves the owner of a key: it keeps the newest item that the owner signed, and keeps two
// writers from overwriting each other.
func ExampleItems() {
	var (
		now   krpc.Time
		items = store.NewItems(store.ItemsConfig{Own: krpc.ID{0xab}})
		key   = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // an example; a real one is secret
		from  = netip.MustParseAddr("192.0.2.7")
		it    krpc.Item
	)
	put := func(value string, seq int64, cas *int64) {
		it = krpc.Item{Value: krpc.AppendString(nil, value), Seq: seq}
		it.Sign(key)
		refusal := it.Check()
		if refusal == nil {
			refusal = items.Put(now, &it, cas, from)
		}
		if refusal != nil {
			fmt.Println(value, "refused:", refusal.Code, refusal.Message)
		}
	}
	put("first", 1, nil)
	put("second", 2, nil)
	put("too late", 1, nil)
	put("in between", 3, new(int64(1))) // by a writer that read the first, and missed the second

	if got, ok := items.Get(now, it.Target()); ok {
		fmt.Printf("%d: %s\n", got.Seq, got.Value)
	}
	// Output:
	// too late refused: 302 a higher sequence number is stored
	// in between refused: 301 cas does not match the sequence number that is stored
	// 2: 6:second
}
