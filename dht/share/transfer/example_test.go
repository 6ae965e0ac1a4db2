package transfer_test

import (
	"context"
	"fmt"
	"log"
	"net/netip"

	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/dht/share/transfer"
	"github.com/lightdht/lightdht/dht/udp"
)

// A node shares a file. Another one, which comes later, gets it from the node between them.
func Example() {
	ctx := context.Background()
	between := join(ctx)
	defer between.Close()

	author := join(ctx, between.Addr())
	pieces, err := share.Cut("hello.lua", []byte(`print("hello")`))
	if err != nil {
		log.Fatal(err)
	}
	stored, err := transfer.New(author, nil).Put(ctx, pieces.Items)
	fmt.Println("nodes that have each item:", stored, "error:", err)
	author.Close()

	reader := join(ctx, between.Addr())
	defer reader.Close()
	file, err := transfer.New(reader, nil).File(ctx, share.Link{Root: pieces.Target})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %s\n", file.Name, file.Data)
	// Output:
	// nodes that have each item: 1 error: <nil>
	// hello.lua: print("hello")
}

// join makes a node on this machine that joins a network through entry, or begins one.
func join(ctx context.Context, entry ...netip.AddrPort) *udp.Host {
	node, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		log.Fatal(err)
	}
	if len(entry) > 0 {
		if _, err := client.New(node).Bootstrap(ctx, entry...); err != nil {
			log.Fatal(err)
		}
	}
	return node
}
