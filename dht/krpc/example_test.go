package krpc_test

import (
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
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

// A value that never changes is found under its own hash.
func ExampleItem_immutable() {
	value, err := krpc.EncodeValue("Hello World!")
	if err != nil {
		fmt.Println(err)
		return
	}
	it := krpc.Item{Value: value}
	fmt.Println(it.Target(), it.Check() == nil)

	// An answer to get is believed only if it holds what was asked for.
	var m krpc.Message
	if err := m.Parse((&krpc.Response{Tx: []byte("aa"), Item: &it}).Append(nil)); err != nil {
		fmt.Println(err)
		return
	}
	got, err := m.Item(it.Target(), nil)
	fmt.Printf("%s %v\n", got.Value, err)
	_, err = m.Item(krpc.ID{1}, nil)
	fmt.Println(err)
	// Output:
	// e5f96f6f38320f0f33959cb4d3d656452117aadb true
	// 12:Hello World! <nil>
	// krpc: not the item that was asked for: the hash of v is not the target
}

// A value that the owner of a key can change is found under the key, and a salt
// if there is to be more than one.
func ExampleItem_mutable() {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // have a secret one
	it := krpc.Item{Value: []byte("5:hello"), Salt: []byte("greeting"), Seq: 1}
	it.Sign(key)
	fmt.Println(it.Target(), it.Check() == nil)

	it.Value, it.Seq = []byte("7:goodbye"), 2
	fmt.Println(it.Check().Message)
	it.Sign(key)
	fmt.Println(it.Target(), it.Check() == nil)
	// Output:
	// 3e0cd2679fbd22b90514d1f6d2f03666dd8de172 true
	// invalid signature
	// 3e0cd2679fbd22b90514d1f6d2f03666dd8de172 true
}

// The filters of two nodes say how many peers there are in all, although both
// have counted some of them.
func ExampleBloom() {
	var one, other krpc.Bloom
	for i := range byte(100) {
		one.Add(netip.AddrFrom4([4]byte{192, 0, 2, i}))
		other.Add(netip.AddrFrom4([4]byte{192, 0, 2, 50 + i}))
	}
	fmt.Printf("%.0f and %.0f\n", one.Count(), other.Count())
	one.Union(&other)
	fmt.Printf("in all %.0f\n", one.Count())
	// Output:
	// 99 and 100
	// in all 148
}

// At one address a node may have few ids only, so it cannot choose a place in
// the network.
func ExampleSecureID() {
	here, there := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("198.51.100.7")
	id := krpc.SecureID(here, rand.NewPCG(1, 2))
	fmt.Println(krpc.IsSecure(id, here), krpc.IsSecure(id, there))
	// Output: true false
}
