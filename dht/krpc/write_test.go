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
		q := Query{Method: method, Tx: tx, ID: id, Target: target, Port: 6881, Implied: true, Seed: true, NoSeed: true, Scrape: true,
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
	mutable, immutable := signedItem("5:hello", "salt", 7), Item{Value: []byte("5:hello"), Salt: []byte("nobody asks")}
	storage := func(method string, it *Item, seq, cas *int64) []byte {
		q := Query{Method: method, Tx: tx, ID: id, Target: target, Token: []byte("tokn"), Want: Want6, Item: it, Seq: seq, Cas: cas}
		return q.Append(nil)
	}
	answer := func(r Response) []byte {
		r.Tx, r.ID, r.Token, r.Lists = tx, id, []byte("tokn"), Want4|Want6
		r.Values = []netip.AddrPort{ip4}
		return r.Append(nil)
	}
	return map[string][]byte{
		"get":               storage("get", nil, nil, nil),
		"get, seq":          storage("get", nil, new(int64(0)), nil),
		"put, immutable":    storage("put", &immutable, nil, nil),
		"put, mutable":      storage("put", &mutable, nil, new(int64(0))),
		"put, of nothing":   storage("put", nil, nil, nil),
		"sample":            storage("sample_infohashes", nil, nil, nil),
		"an item":           answer(Response{Item: &mutable}),
		"a fixed item":      answer(Response{Item: &immutable}),
		"only its seq":      answer(Response{Item: &mutable, SeqOnly: true}),
		"samples":           answer(Response{Sampled: true, Samples: []ID{target, id}, Num: 2, Interval: 21600}),
		"no samples":        answer(Response{Sampled: true}),
		"filters":           answer(Response{SeedFilter: filter(3), PeerFilter: filter(2)}),
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

// The reader understands each writer.
func TestWrittenMessagesSayIt(t *testing.T) {
	const nodes = " nodes=[1.2.3.4:80 [2001:db8::1]:80] values=[1.2.3.4:80 [2001:db8::1]:80]"
	const head, tail = " body id=\x01\x00\x00", " nodes=[] values=[1.2.3.4:80]"
	for name, want := range map[string]string{
		"get":              "q q=get" + head + " target=\x02\x00\x00 want=2",
		"get, seq":         "q q=get" + head + " target=\x02\x00\x00 want=2 seq=0",
		"put, immutable":   "q q=put" + head + " token=tokn want=2 value=5:hello",
		"put, mutable":     "q q=put" + head + " token=tokn want=2 cas=0 k=32 salt=salt seq=7 sig=64 value=5:hello",
		"put, of nothing":  "q q=put" + head + " token=tokn want=2",
		"sample":           "q q=sample_infohashes" + head + " target=\x02\x00\x00 want=2",
		"an item":          "r" + head + " token=tokn" + tail + " k=32 seq=7 sig=64 value=5:hello",
		"a fixed item":     "r" + head + " token=tokn" + tail + " value=5:hello",
		"only its seq":     "r" + head + " token=tokn" + tail + " seq=7",
		"samples":          "r" + head + " token=tokn" + tail + " samples=[\x02\x00\x00 \x01\x00\x00] num=2 interval=21600",
		"no samples":       "r" + head + " token=tokn" + tail + " samples=[] num=0 interval=0",
		"filters":          "r" + head + " token=tokn" + tail + " seeds=3 peers=2",
		"ping":             "q q=ping body id=\x01\x00\x00 want=3 ro=true v=LD01",
		"find_node":        "q q=find_node body id=\x01\x00\x00 target=\x02\x00\x00 want=3 ro=true v=LD01",
		"get_peers":        "q q=get_peers body id=\x01\x00\x00 hash=\x02\x00\x00 want=3 ro=true v=LD01 noseed=true scrape=true",
		"announce_peer":    "q q=announce_peer body id=\x01\x00\x00 hash=\x02\x00\x00 port=6881 implied=true token=tokn want=3 ro=true v=LD01 seed=true",
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

// A message that was read and written again is the same.
func TestWrittenMessagesAreUnderstood(t *testing.T) {
	for name, packet := range written() {
		var m Message
		if err := m.Parse(packet); err != nil {
			t.Fatal(err)
		}
		if m.Kind != KindError && m.Has&HasID == 0 {
			continue // its body is not a standard one
		}
		if again := rewrite(t, &m); again != string(packet) {
			t.Errorf("%s: written again\n got %q\nwant %q", name, again, packet)
		}
	}
}

func TestWritingDoesNotAllocate(t *testing.T) {
	buf := make([]byte, 0, 2048)
	tx, token, from := []byte("aabb"), []byte("tokn"), addr("1.2.3.4:80")
	nodes := []Contact{{Addr: from}, {Addr: from}}
	values := []netip.AddrPort{from, addr("[2001:db8::1]:80")}
	text := strings.Repeat("x", 100)
	item, seq := signedItem("5:hello", "salt", 1), int64(1)
	samples, peers := []ID{{1}, {2}}, filter(5)
	allocs := testing.AllocsPerRun(100, func() {
		p := Query{Method: "put", Tx: tx, Token: token, Item: &item, Cas: &seq}
		g := Query{Method: "get", Tx: tx, Seq: &seq}
		a := Response{Tx: tx, Token: token, Item: &item, Sampled: true, Samples: samples, SeedFilter: peers, PeerFilter: peers}
		buf = p.Append(buf[:0])
		buf = g.Append(buf[:0])
		buf = a.Append(buf[:0])
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
