package dht_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// publicDoor is a node on the public DHT that knows others and holds peers, seeds, samples
// and items: all that an answer can be full of.
func publicDoor(t *testing.T, own string) (d *door, hash krpc.ID, item krpc.Item) {
	t.Helper()
	d = newDoor(t, dht.Config{Public: true, Addr: netip.MustParseAddrPort(own), ID: krpc.ID{0x80}, KeepID: true})
	d.now = dht.Time(time.Hour)
	hash = krpc.ID{0x81}
	six := d.node.Addr().Addr().Is6()
	for i := range 100 {
		d.node.Table().Answered(d.now, krpc.Contact{ID: numbered(i), Addr: wide(i, six)}, time.Millisecond, nil)
		d.node.Peers().Announce(d.now, hash, wide(i, six), i%2 == 0)
		d.node.Peers().Announce(d.now, numbered(i), wide(i, six), false)
	}
	item = krpc.Item{Value: krpc.AppendString(nil, strings.Repeat("v", 900))}
	if err := d.node.Items().Put(d.now, &item, nil, wide(1, six).Addr()); err != nil {
		t.Fatal(err)
	}
	return d, hash, item
}

// wide is the n-th of many addresses that have little in common.
func wide(n int, six bool) netip.AddrPort {
	if six {
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte{0x2a, 1, byte(n), byte(n >> 8), 15: 1}), 6881)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{60, byte(n), byte(n >> 8), 1}), 6881)
}

func raw(id krpc.ID) string { return string(id[:]) }

// A victim whose address is forged gets at most four times the bytes that the attacker sends, for
// all queries, and whether or not we ping it first.
func TestAmplificationOfEveryQuery(t *testing.T) {
	for _, own := range []string{"40.0.0.1:6881", "[2a00::1]:6881"} {
		_, hash, item := publicDoor(t, own)
		queries := map[string]krpc.Query{
			"ping":                   {Method: "ping"},
			"find_node":              {Method: "find_node", Target: hash},
			"find_node, both":        {Method: "find_node", Target: hash, Want: krpc.Want4 | krpc.Want6},
			"get_peers":              {Method: "get_peers", Target: hash},
			"get_peers of nothing":   {Method: "get_peers", Target: krpc.ID{1}},
			"get_peers, noseed":      {Method: "get_peers", Target: hash, NoSeed: true},
			"scrape":                 {Method: "get_peers", Target: hash, Scrape: true},
			"get":                    {Method: "get", Target: item.Target()},
			"get of nothing":         {Method: "get", Target: hash},
			"sample_infohashes":      {Method: "sample_infohashes", Target: hash},
			"announce without token": {Method: "announce_peer", Target: hash, Port: 1},
			"put without token":      {Method: "put", Item: &item},
			"unknown":                {Method: "vote", Target: hash},
			"unknown, no target":     {Method: "x"},
		}
		packets := map[string][]byte{
			"no id":        []byte("d1:ade1:q4:ping1:t1:x1:y1:qe"),
			"no method":    []byte("d1:q0:1:t1:x1:y1:qe"),
			"no arguments": []byte("d1:q4:ping1:t1:x1:y1:qe"),
			"get, bare":    fmt.Appendf(nil, "d1:ad2:id20:abcdefghij01234567896:target20:%se1:q3:get1:t1:x1:y1:qe", raw(item.Target())),
			"scrape, bare": fmt.Appendf(nil, "d1:ad2:id20:abcdefghij01234567899:info_hash20:%s6:scrapei1ee1:q9:get_peers1:t1:x1:y1:qe", raw(hash)),
		}
		for name, q := range queries {
			q.ID, q.Tx = krpc.ID{0x33}, []byte("t")
			packets[name] = q.Append(nil)
			q.ReadOnly = true
			packets[name+", read-only"] = q.Append(nil)
		}
		for name, packet := range packets {
			d, _, _ := publicDoor(t, own)
			victim := wide(5000, d.node.Addr().Addr().Is6())
			got := map[netip.AddrPort]int{}
			d.tap = func(to netip.AddrPort, packet []byte) { got[to] += len(packet) }
			d.node.Receive(d.now, victim, packet)
			for range 100 { // which is long enough for a ping and whatever comes after it
				d.pass(100 * time.Millisecond)
			}
			if got[victim] > 4*len(packet) {
				t.Errorf("%s, %s: %d bytes for %d", own, name, got[victim], len(packet))
			}
		}
	}
}

// Datagrams that must not be answered, nor leave a trace but in one counter.
func TestAttacks(t *testing.T) {
	const (
		ping     = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"
		response = "d1:rd2:id20:abcdefghij0123456789e1:t%d:%s1:y1:re"
		refusal  = "d1:eli201e4:ouche1:t%d:%s1:y1:ee"
	)
	junk := func(s dht.Stats) uint64 { return s.Junk }
	martian := func(s dht.Stats) uint64 { return s.Martians }
	unmatched := func(s dht.Stats) uint64 { return s.Unmatched }
	reflected := func(s dht.Stats) uint64 { return s.Reflected }
	type row struct {
		name, from, packet string
		counter            func(dht.Stats) uint64
	}
	rows := []row{
		{"nothing", "60.0.0.1:1", "", junk},
		{"half a query", "60.0.0.1:1", ping[:30], junk},
		{"a query and more", "60.0.0.1:1", ping + "e", junk},
		{"a query of no kind", "60.0.0.1:1", strings.Replace(ping, "1:y1:q", "1:y1:z", 1), junk},
		{"a depth without end", "60.0.0.1:1", strings.Repeat("l", 1400), junk},
		{"a length without end", "60.0.0.1:1", "d99999999999999999999:", junk},
		{"a response to nothing", "60.0.0.1:1", fmt.Sprintf(response, 4, "abcd"), unmatched},
		{"a response with a short transaction id", "60.0.0.1:1", fmt.Sprintf(response, 2, "aa"), unmatched},
		{"an error to nothing", "60.0.0.1:1", fmt.Sprintf(refusal, 4, "abcd"), unmatched},
		{"an error of an error", "60.0.0.1:1", fmt.Sprintf(refusal, 1, "x"), unmatched},
		{"a query under our own id", "60.0.0.1:1", strings.Replace(ping, "abcdefghij0123456789", raw(krpc.ID{0x80}), 1), reflected},
		{"a query from port 0", "60.0.0.1:0", ping, martian},
		{"a query over IPv6", "[2a00::2]:1", ping, martian},
		{"a query from a mapped address", "[::ffff:60.0.0.1]:1", ping, martian},
	}
	for _, ip := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "127.0.0.1", "169.254.1.1", "172.16.0.1", "192.168.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
	} {
		rows = append(rows, row{"a query from " + ip, ip + ":6881", ping, martian})
	}
	for _, r := range rows {
		d := newDoor(t, dht.Config{Public: true, Addr: netip.MustParseAddrPort("40.0.0.1:6881"), ID: krpc.ID{0x80}})
		d.node.Receive(d.now, netip.MustParseAddrPort(r.from), []byte(r.packet))
		d.pass(time.Minute)
		if s := d.node.Stats(); d.sent != 0 || r.counter(s) != 1 || s.PacketsIn != 1 || s.Known != 0 {
			t.Errorf("%s: %d sent, %+v", r.name, d.sent, s)
		}
	}
	for _, ip := range []string{"::", "::1", "fe80::1", "fc00::1", "ff02::1", "60.0.0.1", "::ffff:60.0.0.1"} {
		d := newDoor(t, dht.Config{Public: true, Addr: netip.MustParseAddrPort("[2a00::1]:6881")})
		d.node.Receive(d.now, netip.AddrPortFrom(netip.MustParseAddr(ip), 6881), []byte(ping))
		if s := d.node.Stats(); d.sent != 0 || s.Martians != 1 {
			t.Errorf("a query from %s to an IPv6 node: %d sent, %+v", ip, d.sent, s)
		}
	}
}

// A response counts only with the transaction id of a query, from exactly the address that was
// asked; our own query, sent back to us, does not count.
func TestForgedAnswers(t *testing.T) {
	d := newDoor(t, dht.Config{ID: krpc.ID{0x80}})
	asked := krpc.Contact{ID: krpc.ID{9}, Addr: knocker(9)}
	answers := 0
	d.node.Query(d.now, asked, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) {
		if answers++; r.Err != nil {
			t.Error(r.Err)
		}
	})
	var m krpc.Message
	if err := m.Parse(d.answer); err != nil {
		t.Fatal(err)
	}
	query, tx := string(d.answer), []byte(string(m.Tx))
	answer := func(from netip.AddrPort, tx []byte) {
		r := krpc.Response{Tx: tx, ID: asked.ID}
		d.node.Receive(d.now, from, r.Append(nil))
	}
	d.node.Receive(d.now, asked.Addr, []byte(query))
	answer(netip.AddrPortFrom(asked.Addr.Addr(), 1), tx)
	answer(netip.AddrPortFrom(knocker(8).Addr(), asked.Addr.Port()), tx)
	answer(asked.Addr, []byte{tx[0], tx[1], tx[2], tx[3] ^ 1})
	answer(asked.Addr, tx[:3])
	if s := d.node.Stats(); answers != 0 || s.Reflected != 1 || s.Unmatched != 4 || s.Pending != 1 || d.sent != 1 {
		t.Errorf("%d answers, %+v", answers, s)
	}
	answer(asked.Addr, tx)
	answer(asked.Addr, tx) // the same again
	if s := d.node.Stats(); answers != 1 || s.RepliesIn != 1 || s.Unmatched != 5 || s.Pending != 0 {
		t.Errorf("%d answers, %+v", answers, s)
	}
}

// A read-only node answers no query (BEP 43).
func TestReadOnlyIsSilent(t *testing.T) {
	d := newDoor(t, dht.Config{ReadOnly: true})
	for i, method := range []string{"ping", "find_node", "get_peers", "announce_peer", "get", "put", "sample_infohashes", "x"} {
		q := krpc.Query{Method: method, ID: krpc.ID{7}, Target: krpc.ID{1}, Tx: []byte("tt")}
		d.node.Receive(d.now, knocker(i), q.Append(nil))
	}
	if s := d.node.Stats(); d.sent != 0 || s.Unserved != 8 {
		t.Errorf("%d sent, %+v", d.sent, s)
	}
}

// A token is valid only for the address it was given to, of any family, and it is checked before
// anything is stored.
func TestForeignTokens(t *testing.T) {
	d := newDoor(t, dht.Config{})
	item := krpc.Item{Value: []byte("1:v")}
	token := []byte(string(d.ask(knocker(1), krpc.Query{Method: "get_peers", Target: krpc.ID{7}}).Token))
	forged := []byte(string(token))
	forged[0] ^= 1
	for _, bad := range []struct {
		from  netip.AddrPort
		token []byte
	}{{knocker(2), token}, {knocker(1), forged}, {knocker(1), token[:7]}, {knocker(1), append(forged, token...)}, {knocker(1), nil}} {
		for _, q := range []krpc.Query{
			{Method: "announce_peer", Target: krpc.ID{7}, Port: 1, Token: bad.token},
			{Method: "put", Item: &item, Token: bad.token},
		} {
			if m := d.ask(bad.from, q); m.Code != krpc.CodeProtocol {
				t.Errorf("%s of %v with token %x: %d %s", q.Method, bad.from, bad.token, m.Code, m.Text)
			}
		}
	}
	if s := d.node.Stats(); s.PeersStored != 0 || s.ItemsStored != 0 {
		t.Errorf("%+v", s)
	}
}

// Pings caused by forged addresses do not use up our own rate of queries.
func TestChallengesLeaveRoomForOurOwnQueries(t *testing.T) {
	d, _, item := publicDoor(t, "40.0.0.1:6881")
	q := krpc.Query{Method: "get", Target: item.Target(), ID: krpc.ID{3}, Tx: []byte("tt")}
	packet := q.Append(nil)
	began, took := d.now, time.Duration(-1)
	for i := range 20 * 300 { // 300 a second
		d.node.Receive(d.now, wide(1000+i, false), packet)
		d.pass(time.Second / 300)
		if i == 10*300 {
			began = d.now
			d.node.Query(d.now, krpc.Contact{Addr: wide(1, false)}, dht.Call{Method: "ping", Timeout: time.Second}, func(now dht.Time, _ dht.Reply) {
				took = now.Sub(began)
			})
		}
	}
	if took < 0 || took > 2*time.Second {
		t.Errorf("a query of ours took %v to fail, want its second and little more", took)
	}
}

// On the public DHT the addresses of one /64 are one sender.
func TestOneRateForASubnet(t *testing.T) {
	for ip, want := range map[string]uint64{"2a01:1:2:3::%x": 100, "2a01:1:2:%x::1": 200} {
		d := newDoor(t, dht.Config{Public: true, Addr: netip.MustParseAddrPort("[2a00::1]:6881"), AnswerRate: 50})
		for i := range 200 {
			d.node.Receive(d.now, netip.AddrPortFrom(netip.MustParseAddr(fmt.Sprintf(ip, i+1)), 6881), []byte(guestPing))
		}
		if n := d.node.Stats().RepliesOut; n != want {
			t.Errorf("%s: %d answers, want %d", ip, n, want)
		}
	}
}

// A host that invents ids fills a flat table no faster than a NAT full of honest clients.
func TestOneHostDoesNotFillTheTable(t *testing.T) {
	for _, public := range []bool{false, true} {
		d := newDoor(t, dht.Config{Public: public, Addr: netip.MustParseAddrPort("40.0.0.1:6881"), AnswerRate: -1})
		for i := range 100_000 { // ten minutes
			d.node.Receive(d.now, netip.MustParseAddrPort("50.0.0.1:6881"), []byte("d1:ad2:id20:"+raw(numbered(i))+"e1:q4:ping1:t2:aa1:y1:qe"))
			d.pass(6 * time.Millisecond)
		}
		if n := d.node.Table().Len(); n < 60 || n > 100 {
			t.Errorf("public %v: %d nodes of one host are known after ten minutes, want 32 and one every 10 s", public, n)
		}
	}
}

// When the flat table is full, the host is told so, once.
func TestFullTableSaysSo(t *testing.T) {
	d := newDoor(t, dht.Config{TableLimit: 10})
	told := 0
	d.node.SetHooks(dht.Hooks{TableFull: func(_ dht.Time, nodes int) {
		if told++; nodes != 10 {
			t.Errorf("told of %d nodes", nodes)
		}
	}})
	for i := range 30 {
		d.ask(knocker(i), krpc.Query{Method: "ping", ID: numbered(i)})
		d.pass(time.Second)
	}
	if s := d.node.Stats(); told != 1 || s.Refused != 20 || s.Known != 10 {
		t.Errorf("told %d times; %d known, %d refused", told, s.Known, s.Refused)
	}
}

// Errors of a hook have the same bound as built-in answers: a long text to a forged address is cut
// to four times the query.
func TestLongRefusals(t *testing.T) {
	for _, public := range []bool{false, true} {
		d := newDoor(t, dht.Config{Public: public, Addr: netip.MustParseAddrPort("40.0.0.1:6881")})
		d.node.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			return q.Refuse(now, krpc.CodeServer, strings.Repeat("no", 400))
		}})
		d.node.Receive(d.now, wide(1, false), []byte(guestPing))
		if most := 4 * len(guestPing); d.sent != 1 || (len(d.answer) > most) == public || len(d.answer) < most-3 {
			t.Errorf("public %v: %d answers, the last of %d bytes, to a query of %d", public, d.sent, len(d.answer), len(guestPing))
		}
		if err := d.parsed.Parse(d.answer); err != nil || d.parsed.Code != krpc.CodeServer {
			t.Errorf("public %v: %q, %v", public, d.answer, err)
		}
	}
}

// A put costs as much of a sender's rate as ten other queries, but no more than all that
// it may have at once: otherwise a low rate would refuse every put.
func TestPutsAtALowRate(t *testing.T) {
	for rate, want := range map[int]int{1: 1, 4: 1, 5: 1, 50: 10} {
		d := newDoor(t, dht.Config{Public: true, Addr: netip.MustParseAddrPort("40.0.0.1:6881"), AnswerRate: rate})
		token := []byte(string(d.ask(wide(1, false), krpc.Query{Method: "get", Target: krpc.ID{1}}).Token))
		d.pass(time.Minute)
		for i := range 30 {
			q := krpc.Query{Method: "put", ID: krpc.ID{7}, Tx: []byte("tt"), Token: token, Item: &krpc.Item{Value: fmt.Appendf(nil, "i%de", i)}}
			d.node.Receive(d.now, wide(1, false), q.Append(nil))
		}
		if n := d.node.Stats().ItemsStored; n != want {
			t.Errorf("rate %d: %d puts at once, want %d", rate, n, want)
		}
	}
}

// A sender with the id of a node that has proved its address has not proved its own.
func TestProofIsOfAnAddress(t *testing.T) {
	d, _, item := publicDoor(t, "40.0.0.1:6881")
	known := wide(0, false)
	q := krpc.Query{Method: "get", Target: item.Target(), ID: numbered(0), Tx: []byte("tt"), ReadOnly: true} // or we would ask first
	for _, from := range []netip.AddrPort{known, netip.AddrPortFrom(known.Addr(), 1), wide(5000, false)} {
		d.node.Receive(d.now, from, q.Append(nil))
		if err := d.parsed.Parse(d.answer); err != nil || (d.parsed.Has&krpc.HasV != 0) != (from == known) {
			t.Errorf("%v got %d bytes, %v; %v has proved its address", from, len(d.answer), err, known)
		}
	}
}

// Few senders are challenged at a time, but any number one after another, whether they answer or
// not.
func TestManyProofs(t *testing.T) {
	d, _, item := publicDoor(t, "40.0.0.1:6881")
	for i := range 100 {
		from, id, proves, whole := wide(1000+i, false), numbered(1000+i), i%2 == 0, false
		var pings [][]byte
		d.tap = func(to netip.AddrPort, packet []byte) {
			var m krpc.Message
			if to != from || m.Parse(packet) != nil {
				return
			}
			if m.Kind == krpc.KindQuery {
				pings = append(pings, bytes.Clone(m.Tx))
			}
			whole = whole || m.Has&krpc.HasV != 0
		}
		q := krpc.Query{Method: "get", Target: item.Target(), ID: id, Tx: []byte("tt")}
		d.node.Receive(d.now, from, q.Append(nil))
		d.pass(500 * time.Millisecond)
		for _, tx := range pings {
			if pong := (krpc.Response{Tx: tx, ID: id}); proves {
				d.node.Receive(d.now, from, pong.Append(nil))
			}
		}
		d.pass(time.Second)
		if len(pings) == 0 || whole != proves {
			t.Fatalf("sender %d: asked %d times, gets the item: %v", i, len(pings), whole)
		}
	}
}
