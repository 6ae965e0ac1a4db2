package bridge

import (
	"fmt"
	"maps"
	"math/bits"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/test/interop/netns"
)

// named holds our nodes that stay to their rule of admission: each of them, asked for the id of a
// client that asked or answered it before, names that client, or eight nodes of the bucket that the
// client belongs to. A bucket of eight good nodes keeps no newcomer (BEP 5), so that a live client
// may be named by few of our nodes, even by none.
func (w *world) named(t *testing.T, i int, g *guest) {
	if !w.rows[i].joined {
		t.Skip("it has not joined")
	}
	met := w.met(g.Addr)
	if len(met) == 0 {
		t.Fatalf("%s has not said a word to us", g.Name)
	}
	for n := range residents {
		resident := netip.MustParseAddrPort(netns.AddrOf(residentRow, n) + ":6881")
		id, ok := met[resident]
		if !ok {
			continue
		}
		w.rows[i].met++
		conn, full := call(t, resident.String()), false
		netns.Eventually(t, func() (settled bool) {
			answer := conn.findNode(id)
			full = answer.fullBucket(id)
			return full || answer.names(g.Addr)
		}, func() string {
			return fmt.Sprintf("our node %s does not name %s, which it met as %x; they said:\n%s",
				resident, g.Name, id, w.talk(resident, g.Addr))
		})
		if !full {
			w.rows[i].named++
		}
	}
}

// met returns the nodes of ours that a client has sent a query or a response, each with the id that
// the client gave last. Queries of a read-only node are no introduction (BEP 43), and no node has
// to name a client that left its last two queries unanswered (BEP 5).
func (w *world) met(client netip.AddrPort) map[netip.AddrPort]string {
	met, unanswered := map[netip.AddrPort]string{}, map[netip.AddrPort]int{}
	for _, p := range w.seen.all() {
		value, _ := decode(p.payload)
		message, _ := value.(map[string]any)
		if p.to == client && message["y"] == "q" {
			unanswered[p.from]++
		}
		if p.from != client {
			continue
		}
		body, _ := message["a"].(map[string]any)
		if message["y"] == "r" {
			body, _ = message["r"].(map[string]any)
			unanswered[p.to] = 0
		}
		if id, ok := body["id"].(string); ok && len(id) == 20 && message["ro"] != int64(1) {
			met[p.to] = id
		}
	}
	maps.DeleteFunc(met, func(who netip.AddrPort, _ string) bool { return unanswered[who] >= 2 })
	return met
}

// talk is the end of what went between two addresses.
func (w *world) talk(a, b netip.AddrPort) string {
	var lines []string
	for _, p := range w.seen.all() {
		if p.from == a && p.to == b || p.from == b && p.to == a {
			lines = append(lines, fmt.Sprintf("%s %s: %.200q", p.at.Format(clock), p.from, p.payload))
		}
	}
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// A reply is what a node answered to find_node: its id, and the contacts that it named.
type reply struct {
	id    string
	nodes []string
}

func (r reply) names(addr netip.AddrPort) bool {
	return slices.ContainsFunc(r.nodes, func(contact string) bool { return addrIn(contact) == addr })
}

// addrIn is where a contact of 26 bytes says that it is.
func addrIn(contact string) netip.AddrPort {
	addr := netip.AddrFrom4([4]byte([]byte(contact[20:24])))
	return netip.AddrPortFrom(addr, uint16(contact[24])<<8|uint16(contact[25]))
}

// fullBucket reports whether eight nodes were named that share as many bits with the node asked as
// an id does.
func (r reply) fullBucket(id string) bool {
	own := commonPrefix(r.id, id)
	return len(r.nodes) == 8 && !slices.ContainsFunc(r.nodes, func(c string) bool { return commonPrefix(r.id, c[:20]) != own })
}

// commonPrefix is how many leading bits two ids share.
func commonPrefix(a, b string) int {
	for i := range len(a) {
		if x := a[i] ^ b[i]; x != 0 {
			return 8*i + bits.LeadingZeros8(x)
		}
	}
	return 8 * len(a)
}
