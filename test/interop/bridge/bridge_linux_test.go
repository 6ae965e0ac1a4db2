package bridge

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/test/interop/netns"
)

const (
	// timeLimit is for the whole test.
	timeLimit = 7 * time.Minute
	// residents is how many nodes of ours stay. Transmission announces only when it knows more than
	// eight others.
	residents = 10
)

// TestBridge runs nodes of ours in the company of real clients, each with an address of its own on
// one bridge.
func TestBridge(t *testing.T) {
	if !netns.Inside() {
		netns.Outside(t, timeLimit)
		return
	}
	w := newWorld(t)
	w.each(t, "join", w.join)
	w.joined = time.Now()
	w.announce(t) // now that all are there, as the nodes nearest to a torrent stay the same from now on
	w.each(t, "share", w.share)
	w.idle(t)
	w.packetsAreRight(t)
	w.nobodyComplains(t)
	w.each(t, "named", w.named)
	w.controls(t)
	t.Log("\n" + w.report())
}

// A world is the bridge with all that is on it.
type world struct {
	seen              *capture
	joined            time.Time // when all clients and visitors had
	hub               string
	we, lossy, inside netns.Host
	guests            []*guest
	rows              []row
}

func newWorld(t *testing.T) *world {
	w := &world{hub: netns.AddrOf(residentRow, 0) + ":6881", rows: make([]row, len(clients))}
	netns.Prepare(t, netns.AddrOf(residentRow, 0))
	w.seen = listen(t)
	w.we = netns.OnBridge(t, "we", append(rowOf(residentRow, residents), append(rowOf(plainRow, len(clients)), netns.AddrOf(announcer, 0))...)...)
	w.lossy = netns.OnBridge(t, "lossy", rowOf(lossyRow, len(clients))...)
	lose(t, w.lossy)
	w.inside = behindNAT(t)
	for i, c := range clients {
		w.guests = append(w.guests, w.invite(t, i, c))
	}
	w.settle(t)
	return w
}

func rowOf(row, n int) (addrs []string) {
	for i := range n {
		addrs = append(addrs, netns.AddrOf(row, i))
	}
	return addrs
}

// invite prepares a client's place.
func (w *world) invite(t *testing.T, i int, c client) *guest {
	t.Helper()
	var hash [20]byte
	rand.Read(hash[:])
	addr := netns.AddrOf(clientRow, i)
	home := netns.Guest{Home: netns.OnBridge(t, c.Name, addr), Addr: netip.MustParseAddrPort(addr + ":6881"), Dir: t.TempDir()}
	return &guest{client: c, Guest: home, hash: hex.EncodeToString(hash[:]), ours: w.seen}
}

// settle starts our nodes that stay, and waits until they know each other: some clients ask the
// node that they enter through only once.
func (w *world) settle(t *testing.T) {
	t.Helper()
	w.we.Lightdht(t, "node", w.hub, "")
	for i := 1; i < residents; i++ {
		w.we.Lightdht(t, "node", netns.AddrOf(residentRow, i)+":6881", w.hub)
	}
	for _, addr := range rowOf(residentRow, residents) {
		conn := call(t, addr+":6881")
		netns.Eventually(t, func() bool { return len(conn.findNode(someID).nodes) > residents/2 }, func() string {
			return fmt.Sprintf("our node %s does not know the others that stay", addr)
		})
	}
}

// each does something with all clients at the same time.
func (w *world) each(t *testing.T, what string, do func(t *testing.T, i int, g *guest)) {
	t.Run(what, func(t *testing.T) {
		for i, g := range w.guests {
			t.Run(g.Name, func(t *testing.T) {
				t.Parallel()
				do(t, i, g)
			})
		}
	})
}

// announce has a node of ours announce a torrent for each client.
func (w *world) announce(t *testing.T) {
	t.Helper()
	args, hashes := []string{"testdata/announce.lua"}, []string{}
	for i, g := range w.guests {
		args = append(args, g.hash+"="+fmt.Sprint(peerPort(i)))
		hashes = append(hashes, g.hash)
	}
	w.we.Lightdht(t, "run", netns.AddrOf(announcer, 0)+":6881", w.hub, args...).Says(t, hashes...)
}

// peerPort is that of the peer that we announce for the ith client. Its two bytes are the same:
// rTorrent gives it out with them exchanged, and clients that take two ports of one address for one
// peer call the first that they hear of.
func peerPort(i int) uint16 { return 0x1b1b + 0x0101*uint16(i) }

// join lets a client enter, and nodes of ours through it.
func (w *world) join(t *testing.T, i int, g *guest) {
	g.Requires(t)
	// Transmission announces nothing before it knows nine, and takes all; the others take the hub.
	var entries []string
	for _, addr := range rowOf(residentRow, residents) {
		entries = append(entries, addr+":6881")
	}
	g.Process = g.Start(t, &g.Guest, entries)
	g.awake(t)
	nat := netip.AddrPortFrom(netip.MustParseAddr(insideAddr), natPort(i))
	g.visitors = []*netns.Process{
		w.visit(t, g, w.we, 0, netip.MustParseAddrPort(netns.AddrOf(plainRow, i)+":6881")),
		w.visit(t, g, w.inside, 1, nat),
		w.visit(t, g, w.lossy, 2, netip.MustParseAddrPort(netns.AddrOf(lossyRow, i)+":6881")),
	}
	for _, visitor := range g.visitors {
		visitor.Says(t, "joined", "holds")
	}
	w.rows[i].joined = true
}

func natPort(i int) uint16 { return uint16(6900 + i) }

// share has a client announce its torrent and find what we announced, and our nodes find it.
func (w *world) share(t *testing.T, i int, g *guest) {
	r := &w.rows[i]
	if !r.joined {
		t.Skip("it has not joined")
	}
	ours := netip.AddrPortFrom(netip.MustParseAddr(netns.AddrOf(announcer, 0)), peerPort(i))
	g.client.share(t, g, ours)
	netns.Eventually(t, func() bool { return g.finds(t, g, ours) }, func() string {
		return fmt.Sprintf("%s has not found the peer %s, which we announced; it asked and was told:\n%s\n%s\n%s",
			g.Name, ours, w.search(g), g.Stdout.End(), g.Stderr.End())
	})
	g.visitors[0].Says(t, "found", g.kept(netns.AddrOf(plainRow, i), 6881))
	r.announced = true
	g.visitors[1].Says(t, "found", g.kept(routerAddr, natPort(i)))
	r.nat = true
	g.visitors[2].Says(t, "found", g.kept(netns.AddrOf(lossyRow, i), 6881))
	r.loss = true
}

// visit starts a node of ours that knows nobody but the client.
func (w *world) visit(t *testing.T, g *guest, from netns.Host, number int, listen netip.AddrPort) *netns.Process {
	t.Helper()
	return from.Lightdht(t, "run", listen.String(), g.Addr.String(),
		"testdata/visit.lua", g.Addr.String(), g.hash, g.Addr.String(), fmt.Sprint(number))
}

// kept is what a visitor says once the client gives out the peer that it announced.
func (g *guest) kept(addr string, port uint16) string {
	if g.swaps {
		port = port<<8 | port>>8
	}
	return fmt.Sprintf("kept %s:%d", addr, port)
}
