package dht_test

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
)

// wires carries datagrams between two nodes, without a delay: all that a host
// must provide, in its smallest form.
type wires struct {
	nodes map[netip.AddrPort]*dht.Node
	now   dht.Time
	queue []func()
}

// wire is the end of it that one node holds.
type wire struct {
	*wires
	from netip.AddrPort
}

func (w wire) Send(to netip.AddrPort, packet []byte) {
	packet = append([]byte(nil), packet...) // the node uses its buffer again
	w.queue = append(w.queue, func() {
		if node := w.nodes[to]; node != nil {
			node.Receive(w.now, w.from, packet)
		}
	})
}

func Example() {
	w := &wires{nodes: map[netip.AddrPort]*dht.Node{}}
	alice, bob := netip.MustParseAddrPort("10.0.0.1:6881"), netip.MustParseAddrPort("10.0.0.2:6881")
	for i, addr := range []netip.AddrPort{alice, bob} {
		node, err := dht.New(dht.Config{Addr: addr}, wire{w, addr}, dhttest.Source(uint64(i)))
		if err != nil {
			fmt.Println(err)
			return
		}
		w.nodes[addr] = node
	}
	w.nodes[alice].Bootstrap(w.now, []netip.AddrPort{bob}, func(_ dht.Time, r *dht.Result) {
		fmt.Println("joined:", r.Trace.Replies, "reply, error", r.Err)
	})
	for len(w.queue) > 0 { // the host's loop: deliver, and let the nodes do what is due
		deliver := w.queue[0]
		w.queue = w.queue[1:]
		deliver()
		w.now = w.now.Add(time.Millisecond)
		for _, addr := range []netip.AddrPort{alice, bob} {
			if next, ok := w.nodes[addr].Next(); ok && next <= w.now {
				w.nodes[addr].Advance(w.now)
			}
		}
	}
	fmt.Println("alice knows bob:", w.nodes[alice].Table().Len() == 1)
	// Output:
	// joined: 1 reply, error <nil>
	// alice knows bob: true
}
