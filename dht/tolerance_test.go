package dht_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
)

// bench is one node that is tested with single datagrams. It keeps the datagrams that the node
// sends.
type bench struct {
	t    *testing.T
	node *dht.Node
	now  dht.Time
	sent [][]byte
}

func (b *bench) Send(_ netip.AddrPort, packet []byte) {
	b.sent = append(b.sent, bytes.Clone(packet))
}

var stranger = dhttest.Addr(66)

func newBench(t *testing.T) *bench {
	b := &bench{t: t, now: dht.Time(time.Hour)}
	node, err := dht.New(dht.Config{
		Addr: dhttest.Addr(0), ID: krpc.ID([]byte("our own id, 20 bytes")), AnswerRate: -1, Version: "-",
	}, b, dhttest.Source(1))
	if err != nil {
		t.Fatal(err)
	}
	b.node = node
	return b
}

// ask gives the node a query; answer is what it sent, "" if nothing.
func (b *bench) ask(query string) (answer string) {
	b.t.Helper()
	b.sent = nil
	b.node.Receive(b.now, stranger, []byte(query))
	if len(b.sent) > 1 {
		b.t.Fatalf("%d datagrams for one query", len(b.sent))
	}
	for _, p := range b.sent {
		return string(p)
	}
	return ""
}

// refuses checks that a query is answered with an error of this code.
func (b *bench) refuses(code int, query string) {
	b.t.Helper()
	if got := b.ask(query); !strings.HasPrefix(got, fmt.Sprintf("d1:eli%de", code)) {
		b.t.Errorf("%q\n got %q\nwant error %d", query, got, code)
	}
}

// drops checks that a datagram is counted as junk and not answered.
func (b *bench) drops(packet string) {
	b.t.Helper()
	before := b.node.Stats().Junk
	if got := b.ask(packet); got != "" {
		b.t.Errorf("%q was answered: %q", packet, got)
	}
	if b.node.Stats().Junk != before+1 {
		b.t.Errorf("%q was not counted as junk", packet)
	}
}

// answers checks that a query gets a response.
func (b *bench) answers(query string) (answer string) {
	b.t.Helper()
	answer = b.ask(query)
	if !strings.HasSuffix(answer, "1:y1:re") {
		b.t.Errorf("%q\n got %q\nwant a response", query, answer)
	}
	return answer
}

// gets sends a get_peers query and feeds it the message that make builds of the
// transaction id.
func (b *bench) gets(make func(tx string) string) (reply dht.Reply, peers []netip.AddrPort, over bool) {
	b.t.Helper()
	b.sent = nil
	b.node.Query(b.now, krpc.Contact{Addr: stranger}, dht.Call{Method: "get_peers", Target: krpc.ID{1}}, func(_ dht.Time, r dht.Reply) {
		reply, over = r, true
		if r.Message != nil {
			r.Message.EachValue(func(a netip.AddrPort) { peers = append(peers, a) })
			m := r.Message.Clone()
			reply.Message = &m
		}
	})
	var m krpc.Message
	if err := m.Parse(b.sent[0]); err != nil {
		b.t.Fatal(err)
	}
	b.node.Receive(b.now, stranger, []byte(make(string(m.Tx))))
	return reply, peers, over
}

const (
	theirID = "2:id20:abcdefghij0123456789"
	hash    = "9:info_hash20:mnopqrstuvwxyz123456"
)

// Each row is a datagram as it occurs in the wild, and its treatment (the tolerance checklist of
// the digest).
func TestTolerance(t *testing.T) {
	rows := []struct {
		name string
		test func(b *bench)
	}{
		{"error without t, or with an empty one: counted and dropped", func(b *bench) {
			b.drops("d1:eli201e4:ouche1:y1:ee")
			b.drops("d1:eli201e4:ouche1:t0:1:y1:ee")
		}},
		{"error as a plain string: code 0", func(b *bench) {
			r, _, _ := b.gets(func(tx string) string { return "d1:e4:ouch1:t4:" + tx + "1:y1:ee" })
			var e *krpc.Error
			if !errors.As(r.Err, &e) || e.Code != 0 || e.Message != "ouch" {
				b.t.Errorf("got %v", r.Err)
			}
		}},
		{"error that also carries r: an error all the same", func(b *bench) {
			r, _, _ := b.gets(func(tx string) string {
				return "d1:eli203e4:ouche2:ip6:\x0a\x00\x00\x00\x1a\xe11:rd" + theirID + "e1:t4:" + tx + "1:y1:ee"
			})
			var e *krpc.Error
			if !errors.As(r.Err, &e) || e.Code != 203 {
				b.t.Errorf("got %v", r.Err)
			}
		}},
		{"query without t: dropped", func(b *bench) {
			b.drops("d1:ad" + theirID + "e1:q4:ping1:y1:qe")
			b.drops("d1:ad" + theirID + "e1:q4:ping1:t0:1:y1:qe")
		}},
		{"query with a t of more than 20 bytes: dropped", func(b *bench) {
			b.answers("d1:ad" + theirID + "e1:q4:ping1:t20:" + strings.Repeat("t", 20) + "1:y1:qe")
			b.drops("d1:ad" + theirID + "e1:q4:ping1:t21:" + strings.Repeat("t", 21) + "1:y1:qe")
			b.drops("d1:ad" + theirID + "e1:q4:ping1:t500:" + strings.Repeat("t", 500) + "1:y1:qe")
		}},
		{"response without id, or with one of another length: a failure, not inserted", func(b *bench) {
			for _, id := range []string{"", "2:id19:abcdefghij012345678", "2:idi7e", "2:id21:abcdefghij01234567890"} {
				r, _, over := b.gets(func(tx string) string { return "d1:rd" + id + "e1:t4:" + tx + "1:y1:re" })
				if !over || !errors.Is(r.Err, dht.ErrMalformed) {
					b.t.Errorf("%q: %v, %v", id, over, r.Err)
				}
			}
			if b.node.Table().Len() != 0 {
				b.t.Error("it was inserted")
			}
		}},
		{"a list that is no whole number of entries: names nobody, and is counted; the other fields stand", func(b *bench) {
			six := strings.Repeat("n", 20) + "\x20\x01\x0d\xb8" + strings.Repeat("\x00", 11) + "\x07\x1a\xe1"
			for i, list := range []string{
				"5:nodes30:" + strings.Repeat("n", 20) + "\x0a\x00\x00\x07\x1a\xe1half",
				"5:nodes25:" + strings.Repeat("n", 25),
				"5:nodes304:" + strings.Repeat(six, 8),
				"6:nodes639:" + six + "x",
				"6:values8:\x0a\x00\x00\x07\x1a\xe1xx",
				"6:valuesl12:" + strings.Repeat("\x0a\x00\x00\x07\x1a\xe1", 2) + "e",
				"7:samples21:" + strings.Repeat("s", 21),
			} {
				r, peers, _ := b.gets(func(tx string) string { return "d1:rd" + theirID + list + "5:token4:toke" + "e1:t4:" + tx + "1:y1:re" })
				if r.Err != nil || string(r.Message.Token) != "toke" || len(peers) != 0 || b.node.Table().Len() != 1 || b.node.Stats().Malformed != uint64(i+1) {
					b.t.Errorf("%q: %v, %d known, peers %v, counted %d", list, r.Err, b.node.Table().Len(), peers, b.node.Stats().Malformed)
				}
			}
		}},
		{"nodes of 38 bytes each, IPv4 wrapped in IPv6: read as they are meant", func(b *bench) {
			b.gets(func(tx string) string {
				return "d1:rd" + theirID + "5:nodes38:" + strings.Repeat("n", 20) + strings.Repeat("\x00", 10) + "\xff\xff\x0a\x00\x00\x07\x1a\xe1e1:t4:" + tx + "1:y1:re"
			})
			e, _ := b.node.Table().Get(b.now, krpc.ID([]byte(strings.Repeat("n", 20))))
			if e.Addr.String() != "10.0.0.7:6881" || b.node.Stats().Malformed != 0 {
				b.t.Errorf("got %v, counted %d", e.Addr, b.node.Stats().Malformed)
			}
		}},
		{"nodes entry with port 0, our own id or a bogon: skipped", func(b *bench) {
			b.gets(func(tx string) string {
				return "d1:rd" + theirID + "5:nodes104:" +
					strings.Repeat("p", 20) + "\x0a\x00\x00\x07\x00\x00" +
					"our own id, 20 bytes" + "\x0a\x00\x00\x08\x1a\xe1" +
					strings.Repeat("z", 20) + "\x00\x00\x00\x00\x1a\xe1" +
					strings.Repeat("m", 20) + "\xe0\x00\x00\x01\x1a\xe1" + "e1:t4:" + tx + "1:y1:re"
			})
			if n := b.node.Table().Len(); n != 1 {
				b.t.Errorf("%d nodes in the table, want the one that answered", n)
			}
		}},
		{"query without a, or with an a.id that is not 20 bytes: 203", func(b *bench) {
			b.refuses(203, "d1:q4:ping1:t2:aa1:y1:qe")
			b.refuses(203, "d1:ale1:q4:ping1:t2:aa1:y1:qe")
			b.refuses(203, "d1:ade1:q4:ping1:t2:aa1:y1:qe")
			b.refuses(203, "d1:ad2:id19:abcdefghij012345678e1:q4:ping1:t2:aa1:y1:qe")
		}},
		{"info_hash or target of the wrong length: 203", func(b *bench) {
			b.refuses(203, "d1:ad"+theirID+"6:target19:mnopqrstuvwxyz12345e1:q9:find_node1:t2:aa1:y1:qe")
			b.refuses(203, "d1:ad"+theirID+"e1:q9:find_node1:t2:aa1:y1:qe")
			b.refuses(203, "d1:ad"+theirID+"9:info_hash2:mne1:q9:get_peers1:t2:aa1:y1:qe")
			b.refuses(203, "d1:ad"+theirID+"4:porti1e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe")
		}},
		{"integer as string, string as integer, negative port: as missing, 203", func(b *bench) {
			token := b.token()
			announce := func(port string) string {
				return "d1:ad" + theirID + hash + port + "5:token8:" + token + "e1:q13:announce_peer1:t2:aa1:y1:qe"
			}
			b.refuses(203, "d1:ad2:idi20ee1:q4:ping1:t2:aa1:y1:qe")
			for _, port := range []string{"4:port4:6881", "4:porti-1e", "4:porti65536e", "4:porti0e", ""} {
				b.refuses(203, announce(port))
			}
			b.answers(announce("4:porti6881e"))
		}},
		{"unsorted keys: accepted", func(b *bench) {
			b.answers("d1:y1:q1:t2:aa1:q9:find_node1:ad6:target20:mnopqrstuvwxyz123456" + theirID + "ee")
		}},
		{"duplicate keys, leading zeros, -0, trailing bytes: dropped", func(b *bench) {
			b.drops("d1:ad" + theirID + theirID + "e1:q4:ping1:t2:aa1:y1:qe")
			b.drops("d1:ad" + theirID + "e1:q4:ping1:q4:ping1:t2:aa1:y1:qe")
			b.drops("d1:ad2:id020:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe")
			b.drops("d1:ad" + theirID + "1:xi-0ee1:q4:ping1:t2:aa1:y1:qe")
			b.drops("d1:ad" + theirID + "1:xi007ee1:q4:ping1:t2:aa1:y1:qe")
			b.drops("d1:ad" + theirID + "e1:q4:ping1:t2:aa1:y1:qee")
		}},
		{"want of the wrong type: ignored", func(b *bench) {
			for _, want := range []string{"4:wanti4e", "4:want2:n4", "4:wantli4ee", "4:wantd2:n40:e"} {
				b.answers("d1:ad" + theirID + "6:target20:mnopqrstuvwxyz123456" + want + "e1:q9:find_node1:t2:aa1:y1:qe")
			}
		}},
		{"want of the other family alone: neither list", func(b *bench) {
			got := b.answers("d1:ad" + theirID + "6:target20:mnopqrstuvwxyz1234564:wantl2:n6ee1:q9:find_node1:t2:aa1:y1:qe")
			if strings.Contains(got, "nodes") {
				b.t.Errorf("got %q", got)
			}
		}},
		{"our own id as querier from another address: dropped", func(b *bench) {
			if got := b.ask("d1:ad2:id20:our own id, 20 bytese1:q4:ping1:t2:aa1:y1:qe"); got != "" || b.node.Stats().Reflected != 1 {
				b.t.Errorf("answered %q", got)
			}
		}},
		{"values as one long string; mixed lengths: accepted", func(b *bench) {
			_, peers, _ := b.gets(func(tx string) string {
				return "d1:rd" + theirID + "6:values12:\x0a\x00\x00\x07\x1a\xe1\x0a\x00\x00\x08\x1a\xe1e1:t4:" + tx + "1:y1:re"
			})
			if len(peers) != 2 {
				b.t.Errorf("one string: %v", peers)
			}
			_, peers, _ = b.gets(func(tx string) string {
				return "d1:rd" + theirID + "6:valuesl6:\x0a\x00\x00\x07\x1a\xe118:\x20\x01" + strings.Repeat("\x00", 14) + "\x1a\xe13:abc6:\x0a\x00\x00\x09\x00\x00i7eee1:t4:" + tx + "1:y1:re"
			})
			if len(peers) != 2 {
				b.t.Errorf("mixed: %v", peers)
			}
		}},
		{"token absent, empty or of more than 64 bytes: no announce to that node", func(b *bench) {
			for _, token := range []string{"", "5:token0:", "5:token65:" + strings.Repeat("x", 65), "5:tokeni7e"} {
				r, _, _ := b.gets(func(tx string) string { return "d1:rd" + theirID + token + "e1:t4:" + tx + "1:y1:re" })
				if r.Err != nil || r.Message.Has&krpc.HasToken != 0 {
					b.t.Errorf("%q: %v", token, r.Err)
				}
			}
		}},
		{"unsorted keys inside put: 203", func(b *bench) {
			put := func(v string) string {
				return "d1:ad" + theirID + "5:token8:" + b.token() + "1:v" + v + "e1:q3:put1:t2:aa1:y1:qe"
			}
			b.refuses(203, put("d1:bi1e1:ai1ee"))
			b.refuses(203, "d1:a"+"d1:v2:hi5:token8:"+b.token()+theirID+"e1:q3:put1:t2:aa1:y1:qe")
			b.answers(put("d1:ai1e1:bi1ee"))
		}},
		{"seq or cas larger than int64, negative, or of another type: 203", func(b *bench) {
			for _, c := range []struct{ cas, seq string }{
				{"", "3:seqi9223372036854775808e"}, {"", "3:seqi-1e"}, {"", "3:seq1:1"},
				{"3:casi9223372036854775808e", "3:seqi1e"}, {"3:casi-1e", "3:seqi1e"}, {"3:cas1:1", "3:seqi1e"},
			} {
				b.refuses(203, "d1:ad"+c.cas+theirID+"1:k32:"+strings.Repeat("k", 32)+c.seq+"3:sig64:"+strings.Repeat("s", 64)+
					"5:token8:"+b.token()+"1:v2:hie1:q3:put1:t2:aa1:y1:qe")
			}
		}},
		{"get with such a seq: 203", func(b *bench) {
			for _, seq := range []string{"3:seqi9223372036854775808e", "3:seqi-1e", "3:seq1:1"} {
				b.refuses(203, "d1:ad"+theirID+seq+"6:target20:mnopqrstuvwxyz123456e1:q3:get1:t2:aa1:y1:qe")
			}
			b.answers("d1:ad" + theirID + "3:seqi9223372036854775807e6:target20:mnopqrstuvwxyz123456e1:q3:get1:t2:aa1:y1:qe")
		}},
		{"some but not all of k, seq and sig: 203", func(b *bench) {
			k, seq, sig := "1:k32:"+strings.Repeat("k", 32), "3:seqi1e", "3:sig64:"+strings.Repeat("s", 64)
			for _, keys := range []string{k, sig, k + seq, k + sig, seq + sig} {
				b.refuses(203, "d1:ad"+theirID+keys+"5:token8:"+b.token()+"1:v2:hie1:q3:put1:t2:aa1:y1:qe")
			}
			b.refuses(206, "d1:ad"+theirID+k+seq+sig+"5:token8:"+b.token()+"1:v2:hie1:q3:put1:t2:aa1:y1:qe")
		}},
		{"seq without k and sig, as anacrolix/dht sends it with all it stores: an immutable item", func(b *bench) {
			b.answers("d1:ad" + theirID + "3:seqi1e5:token8:" + b.token() + "1:v2:hie1:q3:put1:t2:aa1:y1:qe")
			if _, ok := b.node.Items().Get(b.now, krpc.ValueTarget([]byte("2:hi"))); !ok {
				b.t.Error("it was not stored")
			}
		}},
		{"put without a value, get and sample_infohashes without a target: 203", func(b *bench) {
			b.refuses(203, "d1:ad"+theirID+"5:token8:"+b.token()+"e1:q3:put1:t2:aa1:y1:qe")
			b.refuses(203, "d1:ad"+theirID+"1:v2:hie1:q3:put1:t2:aa1:y1:qe")
			b.refuses(203, "d1:ad"+theirID+"e1:q3:get1:t2:aa1:y1:qe")
			b.refuses(203, "d1:ad"+theirID+"e1:q17:sample_infohashes1:t2:aa1:y1:qe")
		}},
		{"samples missing: the node does not support BEP 51", func(b *bench) {
			r, _, _ := b.gets(func(tx string) string { return "d1:rd" + theirID + "5:nodes0:e1:t4:" + tx + "1:y1:re" })
			if r.Err != nil || r.Message.Has&krpc.HasSamples != 0 {
				b.t.Errorf("%v", r.Err)
			}
		}},
		{"unknown method with a target or an info_hash: answered as find_node; without: 204", func(b *bench) {
			b.answers("d1:ad" + theirID + "6:target20:mnopqrstuvwxyz123456e1:q5:dance1:t2:aa1:y1:qe")
			b.answers("d1:ad" + theirID + hash + "e1:q5:dance1:t2:aa1:y1:qe")
			b.refuses(204, "d1:ad"+theirID+"e1:q5:dance1:t2:aa1:y1:qe")
		}},
		{"a bad token: 203", func(b *bench) {
			b.refuses(203, "d1:ad"+theirID+hash+"4:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe")
		}},
		{"implied_port: the UDP source port is stored, whatever port says", func(b *bench) {
			b.answers("d1:ad" + theirID + "12:implied_porti1e" + hash + "4:porti1e5:token8:" + b.token() + "e1:q13:announce_peer1:t2:aa1:y1:qe")
			got := b.answers("d1:ad" + theirID + hash + "e1:q9:get_peers1:t2:aa1:y1:qe")
			if !strings.Contains(got, "6:valuesl6:\x0a\x00\x00\x42\x1a\xe1e") {
				b.t.Errorf("got %q", got)
			}
		}},
		{"read-only senders are served and not inserted", func(b *bench) {
			b.answers("d1:ad" + theirID + "e1:q4:ping2:roi1e1:t2:aa1:y1:qe")
			if b.node.Table().Len() != 0 {
				b.t.Error("it was inserted")
			}
		}},
		{"responses and errors are never answered", func(b *bench) {
			for _, p := range []string{"d1:rd" + theirID + "e1:t2:aa1:y1:re", "d1:eli201e4:ouche1:t2:aa1:y1:ee"} {
				if got := b.ask(p); got != "" {
					b.t.Errorf("%q was answered: %q", p, got)
				}
			}
			if b.node.Stats().Unmatched != 2 {
				b.t.Errorf("counted %d", b.node.Stats().Unmatched)
			}
		}},
		{"only a matched answer verifies: a querier is never handed to others", func(b *bench) {
			for range 3 {
				b.ask("d1:ad" + theirID + "e1:q4:ping1:t2:aa1:y1:qe")
			}
			got := b.answers("d1:ad2:id20:somebody else enough6:target20:abcdefghij0123456789e1:q9:find_node1:t2:aa1:y1:qe")
			if !strings.Contains(got, "5:nodes0:") {
				b.t.Errorf("got %q", got)
			}
		}},
		{"an answer from another address than was asked, or with another t, is none", func(b *bench) {
			_, _, over := b.gets(func(tx string) string {
				b.node.Receive(b.now, dhttest.Addr(67), []byte("d1:rd"+theirID+"e1:t4:"+tx+"1:y1:re"))
				return "d1:rd" + theirID + "e1:t4:" + tx[:3] + "\x001:y1:re"
			})
			if over || b.node.Stats().Unmatched != 2 {
				b.t.Errorf("over %v, %d unmatched", over, b.node.Stats().Unmatched)
			}
		}},
		{"answers name the querier's address (BEP 42)", func(b *bench) {
			got := b.answers("d1:ad" + theirID + "e1:q4:ping1:t2:aa1:y1:qe")
			if !strings.HasPrefix(got, "d2:ip6:\x0a\x00\x00\x42\x1a\xe1") {
				b.t.Errorf("got %q", got)
			}
		}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			row.test(b)
		})
	}
}

// token fetches a token for the stranger's address.
func (b *bench) token() string {
	b.t.Helper()
	var m krpc.Message
	if err := m.Parse([]byte(b.answers("d1:ad" + theirID + hash + "e1:q9:get_peers1:t2:aa1:y1:qe"))); err != nil {
		b.t.Fatal(err)
	}
	return string(m.Token)
}

// Each beginning of each message, random bytes, and bombs: no crash, no answer.
func TestJunk(t *testing.T) {
	b := newBench(t)
	for _, packet := range []string{
		"", "d", "de", "2147483647:", "d2147483647:", "i1e", "le", strings.Repeat("l", 65000), strings.Repeat("d1:a", 16000),
		"d1:ad2:id2147483647:", "d1:t2:aa1:y1:xe", "d1:t2:aae", strings.Repeat("\x00", 65536), "d1:y1:q1:t2:aae",
	} {
		b.drops(packet)
	}
	whole := "d1:ad" + theirID + "12:implied_porti1e" + hash + "4:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe"
	for i := range whole {
		b.drops(whole[:i])
	}
}

func FuzzReceive(f *testing.F) {
	for _, seed := range []string{
		"d1:ad" + theirID + "e1:q4:ping1:t2:aa1:y1:qe",
		"d1:ad" + theirID + "6:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
		"d1:ad" + theirID + hash + "e1:q9:get_peers1:t2:aa1:y1:qe",
		"d1:ad" + theirID + "12:implied_porti1e" + hash + "4:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
		"d1:rd" + theirID + "5:nodes26:" + strings.Repeat("n", 20) + "\x0a\x00\x00\x07\x1a\xe1e1:t4:\x00\x00\x00\x001:y1:re",
		"d1:eli201e4:ouche1:t4:\x00\x00\x00\x001:y1:ee",
		"2147483647:",
	} {
		f.Add([]byte(seed), uint16(6881))
	}
	f.Fuzz(func(t *testing.T, packet []byte, port uint16) {
		b := &bench{t: t, now: dht.Time(time.Hour)}
		node, err := dht.New(dht.Config{Addr: dhttest.Addr(0), AnswerRate: -1}, b, zeros{})
		if err != nil {
			t.Fatal(err)
		}
		// A question is open under the transaction id 0, so that answers match too.
		node.GetPeers(b.now, krpc.ID{1}, dht.SearchConfig{Start: []netip.AddrPort{netip.AddrPortFrom(stranger.Addr(), max(port, 1))}}, func(dht.Time, *dht.Result) {})
		asked := len(b.sent)
		node.Receive(b.now, netip.AddrPortFrom(stranger.Addr(), port), packet)
		if len(b.sent) > asked+3 {
			t.Errorf("one datagram made it send %d", len(b.sent)-asked)
		}
		for _, p := range b.sent {
			var m krpc.Message
			if err := m.Parse(p); err != nil || !krpc.Canonical(p) {
				t.Errorf("it sent %q: %v", p, err)
			}
			if len(p) > 1472 {
				t.Errorf("it sent %d bytes", len(p))
			}
		}
		node.Advance(b.now.Add(time.Hour))
		if s := node.Stats(); s.Pending < 0 || s.Searches < 0 || s.Known > 64 {
			t.Errorf("%+v", s)
		}
	})
}

// zeros is a source that only counts up: the first transaction id is 0.
type zeros struct{}

func (zeros) Uint64() uint64 { return 0 }
