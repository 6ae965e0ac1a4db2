package table_test

import (
	"fmt"
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
)

// The flat table forgets no contact: page through it for all of them, ask it for the few nearest to
// a target, and hand out only those that answered.
func Example() {
	own := krpc.ID{0xff}
	t := table.NewFlat(own, table.Config{})
	contact := func(b byte) krpc.Contact {
		ip := netip.AddrFrom4([4]byte{127, 0, 0, b})
		return krpc.Contact{ID: krpc.ID{b}, Addr: netip.AddrPortFrom(ip, 6881)}
	}
	now := krpc.Time(0) // comes in as an argument, always
	for _, b := range []byte{0x90, 0x11, 0x7f, 0x12} {
		t.Heard(now, contact(b))
	}

	entries, _ := t.Page(now, 0, make([]table.Entry, 0, 100))
	for _, e := range entries { // in the order first heard
		fmt.Printf("%02x ", e.ID[0])
	}
	fmt.Println("of", t.Len())

	target := krpc.ID{0x10}
	for _, c := range t.Closest(now, target, 2, nil) { // nearest first
		fmt.Printf("%02x ", c.ID[0])
	}
	fmt.Println("are nearest")

	t.Answered(now, contact(0x7f), 0, nil)
	for _, c := range t.Serve(now, target, 2, nil) {
		e, _ := t.Get(now, c.ID)
		fmt.Printf("%02x is %v\n", c.ID[0], e.Status)
	}
	// Output:
	// 90 11 7f 12 of 4
	// 11 12 are nearest
	// 7f is good
}
