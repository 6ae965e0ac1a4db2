package member_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/member"
)

// A node joins a network of one other node.
func Example() {
	ctx := context.Background()
	cfg := member.Config{
		Way:    entry.Way{Listen: entry.AddressesOf(netip.MustParseAddrPort("127.0.0.1:0"))},
		Lookup: net.DefaultResolver.LookupNetIP,
		Warn:   func(text string) { log.Print(text) },
	}
	first, err := member.Open(ctx, cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer first.Close()

	cfg.Way.Join = []string{first.Node().Addr().String()}
	second, err := member.Open(ctx, cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer second.Close()
	err = second.Join(ctx, false)
	second.Node().Do(func(_ dht.Time, n *dht.Node) { fmt.Println("nodes known:", n.Table().Len(), "error:", err) })
	// Output: nodes known: 1 error: <nil>
}
