package checkup_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/checkup"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/udp"
)

// Examining the way into a network of one node on this machine.
func Example() {
	node, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		log.Fatal(err)
	}
	defer node.Close()

	works := checkup.Run(context.Background(), checkup.Config{
		Way:    entry.Way{Join: []string{node.Addr().String()}},
		Wait:   10 * time.Millisecond,
		Lookup: net.DefaultResolver.LookupNetIP, Route: entry.Route, Now: time.Now,
		Report: func(f checkup.Finding) { fmt.Println(f.Verdict, f.Step) },
	})
	fmt.Println("a lookup works:", works)
	// Output:
	// ok bind
	// ok resolve
	// ok route
	// ok ping
	// ok lookup
	// ok address
	// unknown NAT
	// unknown table
	// ok clock
	// a lookup works: true
}
