package dht_test

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/dhttest"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
)

// The tests in this file fill each store of a node with ten times as much as it holds, by datagrams
// of strangers, and check the rule by which it chooses, and that its memory is bounded.

// door is a node, as strangers see it.
type door struct {
	t      testing.TB
	node   *dht.Node
	now    dht.Time
	sent   int // datagrams, in all
	answer []byte
	parsed krpc.Message
	tap    func(to netip.AddrPort, packet []byte) // sees what is sent; may be nil
}

func newDoor(t testing.TB, cfg dht.Config) *door {
	t.Helper()
	d := &door{t: t}
	if !cfg.Addr.IsValid() {
		cfg.Addr = dhttest.Addr(1)
	}
	if cfg.AnswerRate == 0 {
		cfg.AnswerRate = -1
	}
	node, err := dht.New(cfg, d, dhttest.Source(1))
	if err != nil {
		t.Fatal(err)
	}
	d.node = node
	return d
}

// Send keeps what the node sends last.
func (d *door) Send(to netip.AddrPort, packet []byte) {
	if d.tap != nil {
		d.tap(to, packet)
	}
	d.sent++
	d.answer = append(d.answer[:0], packet...)
}

// ask sends a query as a read-only node, which the table does not note, and returns the answer,
// which is valid until the next query.
func (d *door) ask(from netip.AddrPort, q krpc.Query) *krpc.Message {
	d.t.Helper()
	if q.ID.IsZero() {
		q.ID, q.ReadOnly = krpc.ID{0xee}, true
	}
	q.Tx = []byte("tt")
	sent := d.sent
	d.node.Receive(d.now, from, q.Append(nil))
	if d.sent != sent+1 {
		d.t.Fatalf("%d answers to %s of %v", d.sent-sent, q.Method, from)
	}
	if err := d.parsed.Parse(d.answer); err != nil {
		d.t.Fatal(err)
	}
	return &d.parsed
}

// pass lets time pass, and has the node do what was due at the end of it.
func (d *door) pass(t time.Duration) {
	d.now = d.now.Add(t)
	for at, ok := d.node.Next(); ok && at <= d.now; at, ok = d.node.Next() {
		d.node.Advance(d.now)
	}
}

// announce asks for a token and announces with it, and returns the code of the
// error: 0 if it was stored, -1 if there was no token.
func (d *door) announce(from netip.AddrPort, hash krpc.ID) int {
	d.t.Helper()
	m := d.ask(from, krpc.Query{Method: "get_peers", Target: hash})
	if m.Has&krpc.HasToken == 0 {
		return -1
	}
	token := slices.Clone(m.Token)
	return d.ask(from, krpc.Query{Method: "announce_peer", Target: hash, Port: 1, Token: token}).Code
}

// knocker returns the n-th of sixteen million addresses of strangers.
func knocker(n int) netip.AddrPort {
	ip := [4]byte{20, byte(n >> 16), byte(n >> 8), byte(n)}
	return netip.AddrPortFrom(netip.AddrFrom4(ip), 6881)
}

// numbered returns the n-th of many ids that are spread evenly.
func numbered(n int) (id krpc.ID) {
	binary.BigEndian.PutUint64(id[:], uint64(n+1)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(id[12:], uint64(n+1))
	return id
}

// fillTenfold calls fill as often as there is room, and nine times as often again,
// which must take no more memory. It returns the bytes that a full store takes.
func fillTenfold(t *testing.T, room int, fill func(i int)) (full int) {
	t.Helper()
	before := heap()
	for i := range room {
		fill(i)
	}
	full = heap() - before
	for i := room; i < 10*room; i++ {
		fill(i)
	}
	if more := heap() - before - full; more > full/4+128<<10 {
		t.Errorf("full at %d KB, and %d KB more after ten times as much", full>>10, more>>10)
	}
	return full
}

func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// Info-hashes: newcomers get no token and are refused, what is there stays
// (libtorrent: 2000 of dht_max_torrents), and time makes room.
func TestInfoHashesAreBounded(t *testing.T) {
	d := newDoor(t, dht.Config{})
	fillTenfold(t, store.DefaultMaxHashes, func(i int) {
		want := 0
		if i >= store.DefaultMaxHashes {
			want = -1
		}
		if code := d.announce(knocker(i), numbered(i)); code != want {
			t.Fatalf("announce %d: %d, want %d", i, code, want)
		}
	})
	// A token from elsewhere does not help.
	token := slices.Clone(d.ask(knocker(1), krpc.Query{Method: "get_peers", Target: numbered(0)}).Token)
	if m := d.ask(knocker(1), krpc.Query{Method: "announce_peer", Target: numbered(9999), Port: 1, Token: token}); m.Code != krpc.CodeServer {
		t.Errorf("answered with %c %d, want error 202", m.Kind, m.Code)
	}
	if s := d.node.Stats(); s.Hashes != store.DefaultMaxHashes || s.PeersStored != store.DefaultMaxHashes || d.node.Peers().Count(numbered(0)) != 1 {
		t.Errorf("%d hashes, %d peers", s.Hashes, s.PeersStored)
	}
	d.pass(store.DefaultExpiry)
	if code := d.announce(knocker(1), numbered(9999)); code != 0 {
		t.Errorf("once they have expired: %d", code)
	}
}

// Peers of one info-hash: the same (libtorrent: 500 of dht_max_peers), but a stored peer can always
// renew.
func TestPeersOfAHashAreBounded(t *testing.T) {
	d := newDoor(t, dht.Config{})
	fillTenfold(t, store.DefaultMaxPeersPerHash, func(i int) {
		want := 0
		if i >= store.DefaultMaxPeersPerHash {
			want = -1
		}
		if code := d.announce(knocker(i), krpc.ID{7}); code != want {
			t.Fatalf("announce %d: %d, want %d", i, code, want)
		}
	})
	if code := d.announce(knocker(0), krpc.ID{7}); code != 0 {
		t.Errorf("renewal: %d", code)
	}
	if n := d.node.Peers().Count(krpc.ID{7}); n != store.DefaultMaxPeersPerHash {
		t.Errorf("%d peers", n)
	}
}

// One host gets a tenth of the info-hashes (chosen by us), over all its ports.
func TestPeersOfAHostAreBounded(t *testing.T) {
	d := newDoor(t, dht.Config{})
	fillTenfold(t, store.DefaultMaxPerHost, func(i int) {
		from := netip.AddrPortFrom(knocker(1).Addr(), uint16(1+i))
		d.announce(from, numbered(i))
	})
	if n := d.node.Stats().PeersStored; n != store.DefaultMaxPerHost {
		t.Errorf("one host holds %d entries, want %d", n, store.DefaultMaxPerHost)
	}
	if code := d.announce(knocker(2), numbered(0)); code != 0 {
		t.Errorf("somebody else: %d", code)
	}
}

// put asks for a token and puts with it, and returns the code of the error, 0 if the
// item was stored.
func (d *door) put(from netip.AddrPort, it *krpc.Item) int {
	d.t.Helper()
	token := slices.Clone(d.ask(from, krpc.Query{Method: "get", Target: it.Target()}).Token)
	return d.ask(from, krpc.Query{Method: "put", Item: it, Token: token}).Code
}

// Items, of each kind: the nearest stay (by default 700, libtorrent's dht_max_dht_items),
// since as many hosts put each of these. Mutable ones take long to verify.
func TestItemsAreBounded(t *testing.T) {
	own := krpc.ID{0x80}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	for mutable, most := range map[bool]int{false: store.DefaultMaxItems, true: 100} {
		d := newDoor(t, dht.Config{ID: own, Items: store.ItemsConfig{MaxItems: most}})
		targets := make([]krpc.ID, 0, 10*most)
		fillTenfold(t, most, func(i int) {
			it := krpc.Item{Value: krpc.AppendString(nil, fmt.Sprintf("%0500d", i))}
			if mutable {
				it.Salt = fmt.Append(nil, i)
				it.Sign(key)
			}
			code, last := d.put(knocker(i), &it), i >= most
			if code != 0 && !(last && code == krpc.CodeServer) {
				t.Fatalf("item %d: error %d %s", i, code, d.parsed.Text)
			}
			targets = append(targets, it.Target())
		})
		slices.SortFunc(targets, func(a, b krpc.ID) int { return krpc.Closer(own, a, b) })
		for i, target := range targets {
			if _, stored := d.node.Items().Get(d.now, target); stored != (i < most) {
				t.Fatalf("mutable %v: of all items the %d-th nearest: stored is %v", mutable, i, stored)
			}
		}
		if n := d.node.Stats().ItemsStored; n != most {
			t.Errorf("%d items", n)
		}
		d.pass(store.DefaultItemExpiry) // BEP 44: two hours
		if n := d.node.Stats().ItemsStored; n != 0 {
			t.Errorf("%d items after two hours", n)
		}
	}
}

// One host gets a tenth (chosen by us).
func TestItemsOfAHostAreBounded(t *testing.T) {
	const most = store.DefaultMaxItems / 10
	d := newDoor(t, dht.Config{})
	fillTenfold(t, most, func(i int) {
		want := 0
		if i >= most {
			want = krpc.CodeServer
		}
		from := netip.AddrPortFrom(knocker(1).Addr(), uint16(1+i))
		if code := d.put(from, &krpc.Item{Value: fmt.Appendf(nil, "i%de", i)}); code != want {
			t.Fatalf("item %d: %d, want %d", i, code, want)
		}
	})
	if code := d.put(knocker(2), &krpc.Item{Value: []byte("le")}); code != 0 {
		t.Errorf("somebody else: %d", code)
	}
}

// The items that a node republishes: a thousand (chosen by us); a newcomer is refused.
func TestKeptItemsAreBounded(t *testing.T) {
	const most = 1000
	d := newDoor(t, dht.Config{})
	fillTenfold(t, most, func(i int) {
		it := krpc.Item{Value: krpc.AppendString(nil, fmt.Sprintf("%0500d", i))}
		if kept := d.node.Keep(d.now, it); kept != (i < most) {
			t.Fatalf("item %d: kept is %v", i, kept)
		}
	})
}

// Tokens are computed, not stored (BEP 5 leaves that open), so a flood of requests
// takes no memory and pushes no token out.
func TestTokensTakeNoMemory(t *testing.T) {
	d := newDoor(t, dht.Config{})
	first := slices.Clone(d.ask(knocker(0), krpc.Query{Method: "get_peers", Target: krpc.ID{7}}).Token)
	fillTenfold(t, 3000, func(i int) {
		d.ask(knocker(1+i), krpc.Query{Method: "get_peers", Target: krpc.ID{7}})
	})
	d.pass(4 * time.Minute)
	if m := d.ask(knocker(0), krpc.Query{Method: "announce_peer", Target: krpc.ID{7}, Port: 1, Token: first}); m.Kind != krpc.KindResponse {
		t.Errorf("the first token: %d %s", m.Code, m.Text)
	}
}

// The flat table forgets no contact, so newcomers beyond its limit are refused (chosen by us).
func TestFlatTableIsBounded(t *testing.T) {
	const limit = 2000
	d := newDoor(t, dht.Config{TableLimit: limit})
	fillTenfold(t, limit, func(i int) {
		d.ask(knocker(i), krpc.Query{Method: "ping", ID: numbered(i)})
		d.pass(10 * time.Millisecond) // the limiters forget addresses after some seconds
	})
	if n := d.node.Table().Len(); n != limit {
		t.Errorf("%d nodes, want %d", n, limit)
	}
	for _, i := range []int{0, limit - 1, limit, 10*limit - 1} {
		if _, known := d.node.Table().Get(d.now, numbered(i)); known != (i < limit) {
			t.Errorf("node %d: known is %v", i, known)
		}
	}
}

// One id under many addresses is one node, with four further addresses (chosen by us).
func TestAddressesOfAnIDAreBounded(t *testing.T) {
	d := newDoor(t, dht.Config{})
	for i := range 50 {
		d.ask(knocker(i), krpc.Query{Method: "ping", ID: krpc.ID{7}})
	}
	e, _ := d.node.Table().Get(d.now, krpc.ID{7})
	if n := d.node.Table().Len(); n != 1 || e.Addr != knocker(0) || len(e.Others) != 4 {
		t.Errorf("%d nodes, first %v, others %v", n, e.Addr, e.Others)
	}
}

// Buckets: k for each of at most 50 ranges (libtorrent), and 32 replacements (chosen by us). Only
// nodes that answer become members.
func TestBucketsAreBounded(t *testing.T) {
	const most = 50*8 + 32
	d := newDoor(t, dht.Config{Table: dht.BucketsTable, ID: krpc.ID{0x80}})
	fillTenfold(t, 2*most, func(i int) {
		id := numbered(i)
		id = id.WithPrefix(krpc.ID{0x80}, i%60) // crowding in on us: the most that there is room for
		d.ask(knocker(i), krpc.Query{Method: "ping", ID: id})
		d.node.Table().Answered(d.now, krpc.Contact{ID: id, Addr: knocker(i)}, time.Millisecond, nil)
	})
	if n := d.node.Table().Len(); n < 100 || n > most {
		t.Errorf("%d nodes, want no more than %d", n, most)
	}
}

// Pending queries: beyond the limit a query fails at once, and earlier ones stay (chosen by us).
func TestPendingQueriesAreBounded(t *testing.T) {
	const limit = 1000
	d := newDoor(t, dht.Config{MaxPending: limit})
	var busy, timeouts, twice int
	told := make([]bool, 10*limit)
	fillTenfold(t, limit, func(i int) {
		d.node.Query(d.now, krpc.Contact{Addr: knocker(i)}, dht.Call{Method: "ping"}, func(_ dht.Time, r dht.Reply) {
			if told[i] {
				twice++
			}
			told[i] = true
			switch {
			case i >= limit && isBusy(r.Err):
				busy++
			case i < limit && r.Err != nil && !isBusy(r.Err):
				timeouts++
			}
		})
		d.node.Advance(d.now)
	})
	if s := d.node.Stats(); s.Pending != limit || d.sent != limit || busy != 9*limit {
		t.Errorf("%d wait, %d sent, %d refused", s.Pending, d.sent, busy)
	}
	d.pass(time.Minute)
	if s := d.node.Stats(); s.Pending != 0 || timeouts != limit || twice != 0 {
		t.Errorf("%d wait, %d timed out, %d were told twice", s.Pending, timeouts, twice)
	}
}

func isBusy(err error) bool {
	var e *dht.QueryError
	return errors.As(err, &e) && errors.Is(e, dht.ErrBusy)
}

// The rate limiter: beyond 65536 addresses at a time it lets unknown ones pass, or forged addresses
// could lock out honest nodes (chosen by us); known ones it still limits.
func TestRateLimiterIsBounded(t *testing.T) {
	const most = 1 << 16
	d := newDoor(t, dht.Config{AnswerRate: 1})
	loud := knocker(1 << 23)
	knock := func(from netip.AddrPort) { d.node.Receive(d.now, from, []byte(guestPing)) }
	for range 3 {
		knock(loud) // two seconds' worth are let through at once
	}
	if n := d.node.Stats().RateLimited; n != 1 {
		t.Fatalf("%d held back before the flood", n)
	}
	fillTenfold(t, most, func(i int) { knock(knocker(i)) })
	s := d.node.Stats()
	if s.RateLimited != 1 || s.QueriesIn != 10*most+2 {
		t.Errorf("%d answered, %d held back", s.QueriesIn, s.RateLimited)
	}
	if knock(loud); d.node.Stats().RateLimited != 2 {
		t.Error("the flood made it forget whom to hold back")
	}
	// After the flood, it remembers all addresses again.
	d.pass(time.Minute)
	for range 3 {
		knock(knocker(9 * most))
	}
	if n := d.node.Stats().RateLimited; n != 3 {
		t.Errorf("%d held back after the flood, want 3", n)
	}
}

const guestPing = "d1:ad2:id20:gggggggggggggggggggge1:q4:ping2:roi1e1:t2:aa1:y1:qe"

// Queries that a hook keeps: beyond the limit they get the built-in answer at once (chosen by us),
// and kept ones get it after a second.
func TestHeldQueriesTakeBoundedMemory(t *testing.T) {
	const most = 256
	d := newDoor(t, dht.Config{})
	d.node.SetHooks(dht.Hooks{Query: func(dht.Time, *dht.Incoming) bool { return true }})
	fillTenfold(t, most, func(i int) { d.node.Receive(d.now, knocker(i), []byte(guestPing)) })
	if s := d.node.Stats(); s.HooksMissed != 9*most || d.sent != 9*most {
		t.Errorf("%d answered, %d at once", d.sent, s.HooksMissed)
	}
	d.pass(time.Minute)
	if s := d.node.Stats(); s.HooksMissed != 10*most || d.sent != 10*most {
		t.Errorf("%d answered, %d without the hook", d.sent, s.HooksMissed)
	}
}
