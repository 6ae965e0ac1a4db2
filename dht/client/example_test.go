package client_test

import (
	"context"
	"crypto/ed25519"
	"errors"
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

// Storing an item that only the owner of a key can change, changing it, and reading it back (BEP
// 44).
func ExampleClient_Put() {
	c, leave := join()
	defer leave()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // a real one is drawn, and kept secret
	first := krpc.Item{Value: krpc.AppendString(nil, "first"), Salt: []byte("news"), Seq: 1}
	first.Sign(key)
	put, err := c.Put(ctx, first, nil, dht.SearchConfig{})
	fmt.Println("stored:", put.Stored, "error:", err)

	second := krpc.Item{Value: krpc.AppendString(nil, "second"), Salt: first.Salt, Seq: 2}
	second.Sign(key)
	put, err = c.Put(ctx, second, &first.Seq, dht.SearchConfig{}) // only where the first still is
	fmt.Println("stored:", put.Stored, "error:", err)

	put, _ = c.Put(ctx, first, nil, dht.SearchConfig{}) // who refuses it says why
	for _, step := range put.Trace.Path {
		if refusal := new(krpc.Error); step.Method == "put" && errors.As(step.Err, &refusal) {
			fmt.Println("stored:", put.Stored, "refused with code", refusal.Code)
		}
	}
	got, err := c.Get(ctx, first.Target(), dht.SearchConfig{Salt: first.Salt})
	fmt.Printf("got: %s, seq %d, error: %v\n", got.Item.Value, got.Item.Seq, err)
	// Output:
	// stored: 1 error: <nil>
	// stored: 1 error: <nil>
	// stored: 0 refused with code 302
	// got: 6:second, seq 2, error: <nil>
}

// join makes a network of two nodes on this machine, and a client of one of them.
func join() (c *client.Client, leave func()) {
	cfg := udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")}
	other, err := udp.Listen(cfg)
	if err != nil {
		log.Fatal(err)
	}
	host, err := udp.Listen(cfg)
	if err != nil {
		log.Fatal(err)
	}
	c = client.New(host)
	if _, err := c.Bootstrap(context.Background(), other.Addr()); err != nil {
		log.Fatal(err)
	}
	return c, func() { host.Close(); other.Close() }
}
