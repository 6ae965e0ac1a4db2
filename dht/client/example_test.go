package client_test

import (
	"context"
	"fmt"
	"log"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// Joining a network of one other node, and asking it.
func Example() {
	cfg := udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")}
	other, err := udp.Listen(cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer other.Close()
	host, err := udp.Listen(cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c := client.New(host)
	joined, err := c.Bootstrap(ctx, other.Addr())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("nodes found:", len(joined.Closest))

	found, err := c.GetPeers(ctx, krpc.ID{0xca, 0xfe}, dht.SearchConfig{})
	fmt.Println("peers found:", len(found.Peers), "error:", err)
	// Output:
	// nodes found: 1
	// peers found: 0 error: <nil>
}
