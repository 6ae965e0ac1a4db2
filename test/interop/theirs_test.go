package interop

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// reading is one of a series of items that a node of ours holds.
type reading struct {
	name   string
	item   func(k keys) krpc.Item
	cannot map[string]string // by client: why it cannot tell us the value
}

const stringsOnly = "its bindings fail on a found value that is no string"

var readings = []reading{
	{name: "immutable", item: immutable(string(value("hello")))},
	{name: "immutable, not a string", item: immutable(nested), cannot: map[string]string{"libtorrent": stringsOnly}},
	{name: "mutable", item: mutable("one", "", 1)},
	{name: "update", item: mutable("two", "", 2)},
	{name: "salt", item: mutable("salted", "pepper", 7)},
	{name: "a torrent (BEP 46)", item: torrent, cannot: map[string]string{"libtorrent": stringsOnly}},
	{name: "1000 bytes", item: mutable(strings.Repeat("x", 996), strings.Repeat("s", 64), 1<<40)},
}

// TestTheyReadOurItems has each client look up what only a node of ours holds (BEP 44).
func TestTheyReadOurItems(t *testing.T) {
	eachClient(t, func(t *testing.T, c client) {
		hub, key := startNode(t, dht.Config{}), newKeys()
		p := startPeer(t, c, 1, hub.addr)
		p.nodes(t, 0, 1)
		we := guest(t)
		for _, r := range readings {
			item := r.item(key)
			if got := we.putAt(t, hub.addr, item); got != 0 {
				t.Fatalf("%s: our own node answers a put with %d", r.name, got)
			}
			if why := r.cannot[c.name]; why != "" {
				t.Logf("%s: not by %s: %s", r.name, c.name, why)
				continue
			}
			p.reads(t, 0, r.name, item)
		}
	})
}

// reads has a node of the client look an item up, once.
func (p *peer) reads(t *testing.T, node int, name string, want krpc.Item) {
	t.Helper()
	r := request{Node: node, Do: "get", Salt: hex.EncodeToString(want.Salt)}
	target := want.Target()
	r.Target = hex.EncodeToString(target[:])
	if want.Mutable {
		r.Key = hex.EncodeToString(want.Key[:])
	}
	got := await(t, p.name+" to get", p.ask(r))
	if got.Error != "" || got.Value != hex.EncodeToString(want.Value) || got.Seq != want.Seq {
		t.Errorf("%s: %s got %q with seq %d, error %q; not %x with seq %d", name, p.name, got.Value, got.Seq, got.Error, want.Value, want.Seq)
	}
}

// putAt stores an item at one node only, and at none that it names.
func (n *node) putAt(t *testing.T, addr string, item krpc.Item) int {
	t.Helper()
	token := n.ask(t, addr, dht.Call{Method: "get", Target: item.Target()}).Token
	call := dht.Call{Method: "put", Token: token, Item: &item}
	_, err := n.Query(t.Context(), krpc.Contact{Addr: addrPort(t, addr)}, call)
	return code(t, err)
}

// offering is one of a series of puts by a client, to a node of ours.
type offering struct {
	name   string
	text   string
	salt   string
	keyed  bool
	seq    int64
	cas    int64
	code   int
	cannot map[string]string // by client: why it cannot send this
}

const (
	noCas   = "its API has no cas"
	ownSeq  = "its bindings choose the seq: one more than the highest they find"
	ownCopy = "it first stores a copy of its own, and sends nothing if that is refused"
)

// offerings have the seqs that libtorrent's bindings choose by themselves.
var offerings = []offering{
	{name: "immutable", text: "hello"},
	{name: "mutable", keyed: true, text: "one", seq: 1},
	{name: "salt", keyed: true, text: "salted", salt: "pepper", seq: 1},
	{name: "update", keyed: true, text: "two", seq: 2},
	{name: "right cas", keyed: true, text: "three", seq: 3, cas: 2, cannot: map[string]string{"libtorrent": noCas}},
	// anacrolix/dht sends it only if its own copy came with the same cas.
	{name: "wrong cas", keyed: true, text: "four", seq: 4, cas: 2, code: 301, cannot: map[string]string{"libtorrent": noCas}},
	{name: "lower seq", keyed: true, text: "one", seq: 1, code: 302, cannot: map[string]string{
		"libtorrent": ownSeq, "anacrolix": ownCopy,
	}},
	{name: "no new seq", keyed: true, text: "drei", seq: 3, code: 302, cannot: map[string]string{
		"libtorrent": ownSeq, "anacrolix": ownCopy,
	}},
}

// TestWeKeepTheirItems has each client put items to a node of ours, and reads them back (BEP 44).
func TestWeKeepTheirItems(t *testing.T) {
	eachClient(t, func(t *testing.T, c client) {
		hub, key := startNode(t, dht.Config{}), newKeys()
		p := startPeer(t, c, 1, hub.addr)
		p.nodes(t, 0, 1)
		we := guest(t)
		for _, o := range offerings {
			if why := o.cannot[c.name]; why != "" {
				t.Logf("%s: not by %s: %s", o.name, c.name, why)
				continue
			}
			p.puts(t, o, key)
			if o.code == 0 {
				we.finds(t, hub.addr, o.item(key))
			}
		}
	})
}

func (o offering) item(key keys) krpc.Item {
	if o.keyed {
		return key.item(o.text, o.salt, o.seq)
	}
	return krpc.Item{Value: value(o.text)}
}

// put has a node of the client store what is offered.
func (p *peer) put(t *testing.T, node int, o offering, key keys) answer {
	t.Helper()
	r := request{Node: node, Do: "put", Value: hex.EncodeToString(value(o.text)), Salt: hex.EncodeToString([]byte(o.salt))}
	if o.keyed {
		r.Secret, r.Key, r.Seq = key.seed(), key.public(), o.seq
	}
	if o.cas != 0 {
		r.Cas = &o.cas
	}
	return await(t, p.name+" to put", p.ask(r))
}

// puts has the client store what is offered, and compares what it says of it.
func (p *peer) puts(t *testing.T, o offering, key keys) {
	t.Helper()
	a := p.put(t, 0, o, key)
	switch {
	case a.Error != "":
		t.Errorf("%s: %s failed to put: %s", o.name, p.name, a.Error)
	case o.code == 0 && (a.Stored == 0 || len(a.Refused) > 0):
		t.Errorf("%s: %s stored it at %d nodes, refused with %v", o.name, p.name, a.Stored, a.Refused)
	case o.code != 0 && !slices.Equal(a.Refused, []int{o.code}):
		t.Errorf("%s: %s stored it at %d nodes, refused with %v, not %d", o.name, p.name, a.Stored, a.Refused, o.code)
	}
}

// finds asks one node for an item.
func (n *node) finds(t *testing.T, addr string, want krpc.Item) {
	t.Helper()
	m := n.ask(t, addr, dht.Call{Method: "get", Target: want.Target()})
	got, err := m.Item(want.Target(), want.Salt)
	if err != nil || !bytes.Equal(got.Value, want.Value) || got.Seq != want.Seq {
		t.Errorf("%s holds %q with seq %d, %v; not %q with seq %d", addr, got.Value, got.Seq, err, want.Value, want.Seq)
	}
}
