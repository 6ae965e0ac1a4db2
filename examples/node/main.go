// Node uses the DHT without Lua: of three nodes on the loopback interface, one
// is the meeting point, one announces a torrent, and one finds it.
package main

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

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	var nodes [3]*client.Client
	var meeting netip.AddrPort
	for i := range nodes {
		host, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
		if err != nil {
			return err
		}
		defer host.Close()
		nodes[i] = client.New(host)
		if i == 0 {
			meeting = host.Addr()
		} else if _, err := nodes[i].Bootstrap(ctx, meeting); err != nil {
			return err
		}
	}
	torrent := krpc.ID([]byte("twenty bytes of hash"))
	if _, err := nodes[1].AnnouncePeer(ctx, torrent, 6881, dht.SearchConfig{}); err != nil {
		return err
	}
	found, err := nodes[2].GetPeers(ctx, torrent, dht.SearchConfig{})
	if err != nil {
		return err
	}
	fmt.Println("peers:", found.Peers)
	return nil
}
