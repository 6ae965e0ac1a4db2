package transfer

import (
	"crypto/ed25519"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/dht/udp"
)

// network makes n nodes on the loopback interface that know each other.
func network(t *testing.T, n int) (all []*udp.Host) {
	t.Helper()
	for range n {
		h, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		all = append(all, h)
	}
	for i := range all { // the first knows all others only once these have joined
		joining := all[n-1-i]
		if _, err := client.New(joining).Bootstrap(t.Context(), all[0].Addr(), all[n-1].Addr()); err != nil && n > 1 {
			t.Fatal(err)
		}
	}
	return all
}

// cut takes a file of some hundred bytes apart that does not compress.
func cut(t *testing.T, size int) *share.Pieces {
	t.Helper()
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i * i * i >> 5)
	}
	pieces, err := share.Cut("x.lua", data)
	if err != nil {
		t.Fatal(err)
	}
	return pieces
}

// lies has a node answer every get with a value that was not asked for.
func lies(node *udp.Host) {
	node.Do(func(_ dht.Time, n *dht.Node) {
		n.SetHooks(dht.Hooks{Query: func(now dht.Time, q *dht.Incoming) bool {
			if string(q.Message.Method) != "get" {
				return false
			}
			q.Reply(now, []byte("d5:token1:x1:v5:helloe"))
			return true
		}})
	})
}

// A file is got from those who hold its items, although some of them lie, and progress is told of
// each item.
func TestFileAmongLiars(t *testing.T) {
	nodes := network(t, 5)
	pieces := cut(t, 3000)
	var told [][2]int
	progress := func(done, all int) { told = append(told, [2]int{done, all}) }
	least, err := New(nodes[4], progress).Put(t.Context(), pieces.Items)
	if err != nil || least < 1 || least > 4 {
		t.Fatalf("stored on %d nodes at least, %v", least, err)
	}
	if n := len(pieces.Items); len(told) != n || told[n-1] != [2]int{n, n} {
		t.Errorf("progress of %d items: %v", n, told)
	}
	lies(nodes[1])
	lies(nodes[2])
	told = nil
	f, err := New(nodes[0], progress).File(t.Context(), share.Link{Root: pieces.Target})
	if err != nil {
		t.Fatal(err)
	}
	if f.Name != "x.lua" || len(f.Data) != 3000 || f.Items != pieces.Root.Items() || f.Link.Root != pieces.Target {
		t.Errorf("got %s, %d bytes of %d items, by %v", f.Name, len(f.Data), f.Items, f.Link)
	}
	if last := told[len(told)-1]; last != [2]int{f.Items, f.Items} {
		t.Errorf("progress: %v", told)
	}
}

// What nobody has, or nobody takes, is an error that says so.
func TestNobody(t *testing.T) {
	nodes := network(t, 3)
	alone := network(t, 1)[0]
	pieces := cut(t, 6000)
	broken := krpc.Item{Value: []byte("le")}
	partial := []krpc.Item{pieces.Items[0], pieces.Items[len(pieces.Items)-1], broken} // the root is the last
	if _, err := New(nodes[0], nil).Put(t.Context(), partial); err != nil {
		t.Fatal(err)
	}
	get := func(link share.Link) func() error {
		return func() error { _, err := New(nodes[1], nil).File(t.Context(), link); return err }
	}
	for name, c := range map[string]struct {
		do   func() error
		want string
	}{
		"no root":       {get(share.Link{Root: krpc.ID{1}}), "nobody has it: it was not shared on this network"},
		"no pieces":     {get(share.Link{Root: pieces.Target}), "nobody has "},
		"no file":       {get(share.Link{Root: broken.Target()}), "this is not what a shared file begins with"},
		"no pointer":    {get(share.Link{Key: [32]byte{1}, Name: "x"}), "nobody has what this key shared under that name"},
		"no takers":     {func() error { _, err := New(alone, nil).Put(t.Context(), pieces.Items[:3]); return err }, "nobody took 3 of the 3 pieces"},
		"none to point": {func() error { _, err := pointed(t, alone, krpc.ID{1}, 1); return err }, "nobody took what leads from your key to the file"},
	} {
		err := c.do()
		if fault, ok := err.(*share.Error); !ok || !strings.HasPrefix(fault.Problem, c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// pointed signs a pointer as shared at a second of the clock.
func pointed(t *testing.T, node *udp.Host, root krpc.ID, second int64) (krpc.Item, error) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	link := share.Link{Key: [32]byte(key.Public().(ed25519.PublicKey)), Name: "news"}
	return New(node, nil).Point(t.Context(), link, key, root, time.Unix(second, 0))
}

// A pointer is newer than the one before, whatever the clock says; the same pointer keeps its
// number.
func TestPointIsNewer(t *testing.T) {
	nodes := network(t, 3)
	for i, c := range []struct {
		root   byte
		second int64
		want   int64
	}{{1, 100, 100}, {1, 200, 100}, {2, 150, 150}, {3, 50, 151}} {
		item, err := pointed(t, nodes[i%len(nodes)], krpc.ID{c.root}, c.second)
		if err != nil || item.Seq != c.want {
			t.Errorf("step %d: sequence number %d, want %d, %v", i, item.Seq, c.want, err)
		}
	}
}
