package udp_test

import (
	"fmt"
	"log"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// Two nodes in one program. Do lends a node; the results of its queries are passed to callbacks,
// which send them on to a channel.
func Example() {
	cfg := udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")}
	a, err := udp.Listen(cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	cfg.Node.ID = krpc.ID{0xb0}
	b, err := udp.Listen(cfg)
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()

	answered := make(chan krpc.ID, 1)
	a.Do(func(now dht.Time, n *dht.Node) {
		to := krpc.Contact{Addr: b.Addr()}
		n.Query(now, to, dht.Call{Method: "ping"}, func(now dht.Time, r dht.Reply) {
			answered <- r.From.ID
		})
	})
	fmt.Println(<-answered)
	// Output: b000000000000000000000000000000000000000
}
