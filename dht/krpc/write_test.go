package krpc

import (
	"net/netip"
	"strings"
	"testing"
)

// written is one message from every writer, with every field in use.
func written() map[string][]byte {
	id, target, tx := ID{1}, ID{2}, []byte("aabb")
	query := func(method string) []byte {
		q := Query{Method: method, Tx: tx, ID: id, Target: target, Port: 6881, Implied: true,
			Token: []byte("tokn"), Want: Want4 | Want6, Version: "LD01", ReadOnly: true}
		return q.Append(nil)
	}
	ip4, ip6 := addr("1.2.3.4:80"), addr("[2001:db8::1]:80")
	response := func(ip netip.AddrPort) []byte {
		r := Response{Tx: tx, ID: id, IP: ip, Lists: Want4 | Want6, Token: []byte("tokn"), Version: "LD01",
			Nodes:  []Contact{{ID: ID{3}, Addr: ip4}},
			Nodes6: []Contact{{ID: ID{4}, Addr: ip6}},
			Values: []netip.AddrPort{ip4, ip6}}
		return r.Append(nil)
	}
	return map[string][]byte{
		"ping":              query("ping"),
		"find_node":         query("find_node"),
		"get_peers":         query("get_peers"),
		"announce_peer":     query("announce_peer"),
		"a method of mine":  AppendQuery(nil, "mine", []byte("d2:id0:e"), tx, "LD01", true),
		"response to IPv4":  response(ip4),
		"response to IPv6":  response(ip6),
		"bare response":     (&Response{Tx: tx, ID: id}).Append(nil),
		"values of mine":    AppendResponse(nil, []byte("d2:id0:e"), tx, ip4, "LD01"),
		"error":             AppendError(nil, CodeServer, "busy", tx, ip6, "LD01"),
		"error, bare":       AppendError(nil, -1, "", tx, netip.AddrPort{}, ""),
		"query of no words": AppendQuery(nil, "", []byte("de"), tx, "", false),
	}
}

// Keys must ascend (BEP 5), and what we write we must read ourselves.
func TestWrittenMessagesAreCanonical(t *testing.T) {
	for name, packet := range written() {
		if err := CheckBencode(packet); err != nil || !Canonical(packet) {
			t.Errorf("%s: not canonical (%v): %q", name, err, packet)
		}
		var m Message
		if err := m.Parse(packet); err != nil || string(m.Tx) != "aabb" {
			t.Errorf("%s: %v: %q", name, err, packet)
		}
	}
}

// What each writer says, as the reader understands it.
func TestWrittenMessagesSayIt(t *testing.T) {
	const nodes = " nodes=[1.2.3.4:80 [2001:db8::1]:80] values=[1.2.3.4:80 [2001:db8::1]:80]"
	for name, want := range map[string]string{
		"ping":             "q q=ping body id=\x01\x00\x00 want=3 ro=true v=LD01",
		"find_node":        "q q=find_node body id=\x01\x00\x00 target=\x02\x00\x00 want=3 ro=true v=LD01",
		"get_peers":        "q q=get_peers body id=\x01\x00\x00 hash=\x02\x00\x00 want=3 ro=true v=LD01",
		"announce_peer":    "q q=announce_peer body id=\x01\x00\x00 hash=\x02\x00\x00 port=6881 implied=true token=tokn want=3 ro=true v=LD01",
		"response to IPv4": "r body id=\x01\x00\x00 token=tokn v=LD01" + nodes + " ip=1.2.3.4:80",
		"response to IPv6": "r body id=\x01\x00\x00 token=tokn v=LD01" + nodes + " ip=[2001:db8::1]:80",
		"bare response":    "r body id=\x01\x00\x00",
		"error":            "e code=202 text=busy v=LD01 ip=[2001:db8::1]:80",
		"error, bare":      "e code=-1 text=",
	} {
		var m Message
		if err := m.Parse(written()[name]); err != nil || shown(&m) != want {
			t.Errorf("%s: %v\n got %q\nwant %q", name, err, shown(&m), want)
		}
	}
}

// What the messages weigh on the wire, with a token and a version of four bytes:
// all must stay below the 1024 bytes that BEP 32 allows.
func TestSizes(t *testing.T) {
	eight := func(a string) (list []Contact) {
		for i := range 8 {
			list = append(list, Contact{ID: ID{byte(i)}, Addr: addr(a)})
		}
		return list
	}
	four, six := eight("1.2.3.4:80"), eight("[2001:db8::1]:80")
	tx := []byte("aa")
	size := func(q Query) int { q.Tx = tx; return len(q.Append(nil)) }
	answer := func(r Response, to string) int {
		r.Tx, r.IP, r.Token, r.Version = tx, addr(to), []byte("tokn"), "LD01"
		return len(r.Append(nil))
	}
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"ping", size(Query{Method: "ping"}), 56},
		{"find_node", size(Query{Method: "find_node"}), 92},
		{"get_peers", size(Query{Method: "get_peers"}), 95},
		{"8 nodes", answer(Response{Lists: Want4, Nodes: four}, "1.2.3.4:80"), 300},
		{"8 nodes6", answer(Response{Lists: Want6, Nodes6: six}, "[2001:db8::1]:80"), 410},
		{"both", answer(Response{Lists: Want4 | Want6, Nodes: four, Nodes6: six}, "1.2.3.4:80"), 616},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d bytes, want %d", c.name, c.got, c.want)
		}
	}
}

func TestWritingDoesNotAllocate(t *testing.T) {
	buf := make([]byte, 0, 2048)
	tx, token, from := []byte("aabb"), []byte("tokn"), addr("1.2.3.4:80")
	nodes := []Contact{{Addr: from}, {Addr: from}}
	values := []netip.AddrPort{from, addr("[2001:db8::1]:80")}
	text := strings.Repeat("x", 100)
	allocs := testing.AllocsPerRun(100, func() {
		q := Query{Method: "announce_peer", Tx: tx, Token: token, Port: 65535, Want: Want4, Version: "LD01"}
		r := Response{Tx: tx, IP: from, Lists: Want4, Nodes: nodes, Token: token, Values: values, Version: "LD01"}
		buf = q.Append(buf[:0])
		buf = r.Append(buf[:0])
		buf = AppendError(buf[:0], CodeProtocol, text, tx, from, "LD01")
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
