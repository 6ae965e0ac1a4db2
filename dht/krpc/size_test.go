package krpc

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// weigh is how long messages are on the wire: answers with a transaction id of
// two bytes, a token and a version of four, and the querier's address.
type weigh struct{ to netip.AddrPort }

func (w weigh) query(q Query) int {
	q.Tx = []byte("aa")
	return len(q.Append(nil))
}

func (w weigh) answer(r Response) int {
	r.Tx, r.IP, r.Token, r.Version = []byte("aa"), w.to, []byte("tokn"), "LD01"
	return len(r.Append(nil))
}

func eightContacts(a netip.AddrPort) (list []Contact) {
	for i := range 8 {
		list = append(list, Contact{ID: ID{byte(i)}, Addr: a})
	}
	return list
}

// Messages without an item must stay below the 1024 bytes that BEP 32 allows, and those with one
// below the payload of an Ethernet frame.
func TestSizes(t *testing.T) {
	w4, w6 := weigh{addr("1.2.3.4:80")}, weigh{addr("[2001:db8::1]:80")}
	four, six := eightContacts(w4.to), eightContacts(w6.to)
	full := signedItem("996:"+strings.Repeat("v", 996), strings.Repeat("s", 64), 1)
	empty := new(Bloom)
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"ping", w4.query(Query{Method: "ping"}), 56},
		{"find_node", w4.query(Query{Method: "find_node"}), 92},
		{"get_peers", w4.query(Query{Method: "get_peers"}), 95},
		{"8 nodes", w4.answer(Response{Lists: Want4, Nodes: four}), 300},
		{"8 nodes6", w6.answer(Response{Lists: Want6, Nodes6: six}), 410},
		{"both", w4.answer(Response{Lists: Want4 | Want6, Nodes: four, Nodes6: six}), 616},
		{"filters", w4.answer(Response{Lists: Want4, Nodes: four, SeedFilter: empty, PeerFilter: empty}), 832},
		{"samples", w4.answer(Response{Lists: Want4, Nodes: four, Sampled: true, Samples: make([]ID, 20), Num: 123456, Interval: 21600}) - len("5:token4:tokn"), 730},
		{"put", w4.query(Query{Method: "put", Item: &full, Token: []byte("tokn"), Version: "LD01"}), 1271},
		{"an item, 8 nodes", w4.answer(Response{Lists: Want4, Nodes: four, Item: &full}), 1421},
		{"an item, both", w4.answer(Response{Lists: Want4 | Want6, Nodes: four, Nodes6: six, Item: &full}), 1737},
		{"an item alone", w4.answer(Response{Item: &full}), 1202},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d bytes, want %d", c.name, c.got, c.want)
		}
	}
}

// How many peers or samples fit beside eight nodes.
func TestHowManyFit(t *testing.T) {
	w4, w6 := weigh{addr("1.2.3.4:80")}, weigh{addr("[2001:db8::1]:80")}
	nodes4 := Response{Lists: Want4, Nodes: eightContacts(w4.to)}
	nodes6 := Response{Lists: Want6, Nodes6: eightContacts(w6.to)}
	values := func(w weigh, r Response, filters bool) func(n int) int {
		if filters {
			r.SeedFilter, r.PeerFilter = new(Bloom), new(Bloom)
		}
		return func(n int) int {
			r.Values = slices.Repeat([]netip.AddrPort{w.to}, n)
			return w.answer(r)
		}
	}
	samples := func(n int) int {
		r := nodes4
		r.Sampled, r.Samples, r.Num, r.Interval = true, make([]ID, n), 100, 21600
		return w4.answer(r)
	}
	for _, c := range []struct {
		name        string
		size        func(n int) int
		limit, want int
	}{
		{"IPv4", values(w4, nodes4, false), 1024, 89},
		{"IPv4", values(w4, nodes4, false), 1400, 136},
		{"IPv6", values(w6, nodes6, false), 1024, 28},
		{"IPv6", values(w6, nodes6, false), 1400, 46},
		{"IPv4 and filters", values(w4, nodes4, true), 1024, 22},
		{"IPv4 and filters", values(w4, nodes4, true), 1400, 69},
		{"IPv6 and filters", values(w6, nodes6, true), 1024, 3},
		{"IPv6 and filters", values(w6, nodes6, true), 1400, 21},
		{"samples", samples, 1024, 34},
	} {
		n := 0
		for c.size(n+1) <= c.limit {
			n++
		}
		if n != c.want {
			t.Errorf("%s: %d fit in %d bytes, want %d", c.name, n, c.limit, c.want)
		}
	}
}
