package krpc_test

import (
	"fmt"
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// A question and its answer, as two nodes would exchange them.
func Example() {
	me, _ := krpc.IDFrom("abcdefghij0123456789")
	you, _ := krpc.IDFrom("mnopqrstuvwxyz123456")

	q := krpc.Query{Method: "find_node", Tx: []byte("aa"), ID: me, Target: you}
	packet := q.Append(nil) // goes into a datagram

	var m krpc.Message // the other side reads it
	if err := m.Parse(packet); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s for %v\n", m.Method, m.Target)

	r := krpc.Response{Tx: m.Tx, ID: you, Lists: krpc.Want4,
		Nodes: []krpc.Contact{{ID: you, Addr: netip.MustParseAddrPort("192.0.2.7:6881")}}}
	packet = r.Append(nil)

	if err := m.Parse(packet); err != nil {
		fmt.Println(err)
		return
	}
	m.EachNode(func(c krpc.Contact) { fmt.Println(c) })
	// Output:
	// find_node for 6d6e6f707172737475767778797a313233343536
	// 192.0.2.7:6881 6d6e6f707172737475767778797a313233343536
}

// Ids are points in a space of 160 bits; the distance between two is their
// exclusive or.
func ExampleCloser() {
	target := krpc.ID{0x10}
	near, far := krpc.ID{0x11}, krpc.ID{0x20}
	fmt.Println(krpc.Closer(target, near, far), target.CommonPrefix(near))
	// Output: -1 7
}

// Values of any shape, such as the arguments of a method we never heard of.
func ExampleDecodeValue() {
	v, err := krpc.DecodeValue([]byte("d4:listl1:ai-1eee"))
	fmt.Println(v, err)
	_, err = krpc.DecodeValue([]byte("2147483647:"))
	fmt.Println(err)
	// Output:
	// map[list:[a -1]] <nil>
	// krpc: not valid bencode: a length beyond the end at byte 0
}
