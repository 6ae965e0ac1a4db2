package interop

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Values that are not just strings.
const (
	nested = "d4:listli-1ei0ee4:textd0:0:ee"
	large  = "i9223372036854775807e"
)

// value bencodes a string.
func value(text string) []byte { return []byte(fmt.Sprintf("%d:%s", len(text), text)) }

// keys is one key pair, as the tests and the clients want it.
type keys struct {
	secret ed25519.PrivateKey
}

func newKeys() keys {
	_, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return keys{secret}
}

func (k keys) seed() string   { return hex.EncodeToString(k.secret.Seed()) }
func (k keys) public() string { return hex.EncodeToString(k.secret.Public().(ed25519.PublicKey)) }

// item signs one.
func (k keys) item(text, salt string, seq int64) krpc.Item {
	it := krpc.Item{Value: value(text), Salt: []byte(salt), Seq: seq}
	it.Sign(k.secret)
	return it
}

// outcome is what becomes of a put.
type outcome struct {
	code int  // of the error; 0: stored; silent: no answer
	lost bool // the node says that it is stored, and yet does not serve it
}

// A deviation is a client that does not do with a put what BEP 44 says.
type deviation struct {
	outcome
	why string
}

// storing is one of a series of puts, and what BEP 44 says becomes of it. All mutable items are of
// one key.
type storing struct {
	name    string
	item    func(k keys) krpc.Item
	cas     int64 // 0: none
	code    int
	differs map[string]deviation // by client
}

var (
	needsSeq = map[string]deviation{"anacrolix": {outcome{203, false}, "wants a seq of immutable items too"}}

	storings = []storing{
		{name: "immutable", item: immutable(string(value("hello"))), differs: needsSeq},
		{name: "immutable, not a string", item: immutable(nested), differs: needsSeq},
		{name: "immutable, a large integer", item: immutable(large), differs: map[string]deviation{
			"anacrolix":      needsSeq["anacrolix"],
			"bittorrent-dht": {outcome{0, true}, "has integers of 53 bits, and files another one under its hash"},
		}},
		{name: "immutable, 1000 bytes", item: immutable(string(value(strings.Repeat("x", 996)))), differs: needsSeq},
		{name: "mutable", item: mutable("one", "", 1)},
		{name: "the same again", item: mutable("one", "", 1), differs: map[string]deviation{
			"bittorrent-dht": {outcome{302, false}, "refuses what it has"},
		}},
		{name: "another value, no new seq", item: mutable("eins", "", 1), code: 302, differs: map[string]deviation{
			"libtorrent": {outcome{0, true}, "says yes, and keeps what it has"},
		}},
		{name: "update", item: mutable("two", "", 2)},
		{name: "lower seq", item: mutable("one", "", 1), code: 302},
		{name: "wrong cas", item: mutable("three", "", 3), cas: 1, code: 301, differs: map[string]deviation{
			"anacrolix": {outcome{}, "ignores it unless the stored item came with one"},
		}},
		{name: "right cas", item: mutable("four", "", 4), cas: 2, differs: map[string]deviation{
			"anacrolix": {outcome{301, false}, "compares it with the cas that the stored item came with"},
		}},
		{name: "mutable, 1000 bytes", item: mutable(strings.Repeat("y", 996), "long", 1)},
		{name: "mutable, 1001 bytes", item: mutable(strings.Repeat("z", 997), "longer", 1), code: 205, differs: map[string]deviation{
			"bittorrent-dht": {outcome{0, true}, "counts the bytes of the string, not of its bencoding"},
		}},
		{name: "salt", item: mutable("salted", "salt", 1)},
		{name: "a torrent (BEP 46)", item: torrent},
		{name: "salt, 64 bytes", item: mutable("salted", strings.Repeat("s", 64), 1)},
		{name: "salt, 65 bytes", item: mutable("salted", strings.Repeat("s", 65), 1), code: 207, differs: map[string]deviation{
			"bittorrent-dht": {outcome{0, true}, "stores it"},
		}},
		{name: "forged", item: forged, code: 206, differs: map[string]deviation{
			"bittorrent-dht": {outcome{silent, false}, "does not answer"},
		}},
	}
)

func immutable(value string) func(keys) krpc.Item {
	return func(keys) krpc.Item { return krpc.Item{Value: []byte(value)} }
}

func mutable(text, salt string, seq int64) func(keys) krpc.Item {
	return func(k keys) krpc.Item { return k.item(text, salt, seq) }
}

// torrent points to one, as BEP 46 has it.
func torrent(k keys) krpc.Item {
	it := krpc.Item{Value: []byte("d2:ih20:\x00\x01\xfe\xff0123456789abcdefe"), Salt: []byte("torrent"), Seq: 1}
	it.Sign(k.secret)
	return it
}

func forged(k keys) krpc.Item {
	it := k.item("forged", "forged", 1)
	it.Sig[0] ^= 1
	return it
}

// TestTheyKeepOurItems puts items to each client and reads back what it holds afterwards (BEP 44).
func TestTheyKeepOurItems(t *testing.T) {
	eachClient(t, func(t *testing.T, c client) {
		keeper := startPeer(t, c, 1).addrs[0]
		we, key := guest(t, keeper), newKeys()
		held := map[krpc.ID]krpc.Item{}
		for _, s := range storings {
			item, want := s.item(key), outcome{code: s.code}
			if d, differs := s.differs[c.name]; differs {
				want = d.outcome
				t.Logf("%s: %s %s", s.name, c.name, d.why)
			}
			if got := we.put(t, item, s.cas); got != want.code {
				t.Errorf("%s: %s answers the put with %d, not %d", s.name, c.name, got, want.code)
			}
			if want.code == 0 && !want.lost {
				held[item.Target()] = item
			}
			we.reads(t, s.name, item, held)
		}
	})
}

// put stores an item in a network of one node, and returns what became of it there.
func (n *node) put(t *testing.T, item krpc.Item, cas int64) int {
	t.Helper()
	var want *int64
	if cas != 0 {
		want = &cas
	}
	result, err := n.Put(t.Context(), item, want, dht.SearchConfig{})
	if refused, ok := errors.AsType[*dht.RefusedError](err); ok {
		return code(t, refused.Reason)
	}
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(result.Trace.Path, func(s dht.Step) bool { return s.Method == "put" })
	if i < 0 {
		t.Fatalf("nobody gave a token: %+v", result.Trace.Path)
	}
	if result.Trace.Path[i].Outcome == dht.OutcomePending { // a search does not wait long for who does not answer
		return silent
	}
	return code(t, result.Trace.Path[i].Err)
}

// reads looks an item up and compares it with what should be held under its target.
func (n *node) reads(t *testing.T, name string, item krpc.Item, held map[krpc.ID]krpc.Item) {
	t.Helper()
	want, stored := held[item.Target()]
	result, err := n.Get(t.Context(), item.Target(), dht.SearchConfig{Salt: item.Salt})
	switch {
	case !stored && errors.Is(err, dht.ErrNotFound):
	case !stored:
		t.Errorf("%s: reading back what should not be there: %+v, %v", name, result.Item, err)
	case err != nil:
		t.Errorf("%s: reading back: %v", name, err)
	case !bytes.Equal(result.Item.Value, want.Value) || result.Item.Seq != want.Seq:
		t.Errorf("%s: read back %q with seq %d, not %q with %d", name, result.Item.Value, result.Item.Seq, want.Value, want.Seq)
	}
}
