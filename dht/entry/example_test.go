package entry_test

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/lightdht/lightdht/dht/entry"
)

// A resolver that knows one name stands for the system's.
func Example() {
	look := func(_ context.Context, _, host string) ([]netip.Addr, error) {
		if host != "router.example" {
			return nil, fmt.Errorf("no such host: %s", host)
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	way := entry.Way{Join: []string{"router.example:6881"}}
	if err := way.Check(); err != nil {
		fmt.Println(err)
		return
	}
	listen, through, err := way.Find(context.Background(), look, false)
	fmt.Println("listen at", entry.List(listen.All()), "and join through", entry.List(through), err)
	fmt.Println("within reach:", way.Reach(listen, through).Describe())
	// Output:
	// listen at 127.0.0.1:0 and join through 127.0.0.1:6881 <nil>
	// within reach: [loopback addresses of IPv4, at ports from 1024 on]
}
