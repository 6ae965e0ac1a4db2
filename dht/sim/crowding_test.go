package sim

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Each number has an address of its own, and the numbers of a crowd share prefixes and hosts.
func TestCrowdedAddresses(t *testing.T) {
	for _, c := range []crowding{{hosts: 1}, {hosts: 5}, {hosts: 254}, {ports: 7}, {hosts: 16, ports: 1000}} {
		for _, six := range []bool{false, true} {
			prefixes, hosts := map[string]int{}, map[string]int{}
			for number := range uint32(50_000) {
				for _, n := range []uint32{number, maxMembers + number, crowdedOpened - 1 - number} {
					addr := c.at(n, six)
					if back, ok := c.numberOf(addr); !ok || back != n {
						t.Fatalf("%+v: number %d has address %v, which has number %d, %v", c, n, addr, back, ok)
					}
				}
				addr := c.at(number, six).Addr()
				bits := 24
				if six {
					bits = 64
				}
				prefix, _ := addr.Prefix(bits)
				prefixes[prefix.String()]++
				hosts[addr.String()]++
			}
			for what, n := range prefixes {
				if most := int(max(c.hosts, 1) * max(c.ports, 1)); n > most {
					t.Errorf("%+v: %d nodes in %s, want at most %d", c, n, what, most)
				}
			}
			for what, n := range hosts {
				if n > int(max(c.ports, 1)) {
					t.Errorf("%+v: %d nodes at %s", c, n, what)
				}
			}
		}
	}
}

// quiet are populations in which Welcome and admission to a table might disagree.
var quiet = []Config{
	{Nodes: 5, HostsPerPrefix: 254, Public: true},
	{Nodes: 127, HostsPerPrefix: 26, Public: true},
	{Nodes: 127, HostsPerPrefix: 26},
	{Nodes: 300, HostsPerPrefix: 2, Public: true},
	{Nodes: 300, HostsPerPrefix: 100, Public: true, V6: 1},
	{Nodes: 300, HostsPerPrefix: 100, V6: 1},
	{Nodes: 200, NodesPerHost: 50, Public: true},
	{Nodes: 200, NodesPerHost: 50, HostsPerPrefix: 4},
	{Nodes: 1500, K: 4, HostsPerPrefix: 16, Public: true},
	{Nodes: 300, Link: Link{NAT: 0.5}, HostsPerPrefix: 30, Public: true},
}

// A network at rest is quiet: after its first ten minutes no two nodes exchange more than
// four datagrams a minute, and no node asks more than thirty questions.
func TestIdleNetworksAreQuiet(t *testing.T) {
	notUnderRace(t)
	for _, cfg := range quiet {
		for _, cold := range []bool{true, false} {
			cfg.Seed, cfg.Cold, cfg.SimulateIdle = 7, cold, true
			t.Run(fmt.Sprintf("%d/%d/%d/v6=%v/public=%v/cold=%v", cfg.Nodes, cfg.HostsPerPrefix, cfg.NodesPerHost, cfg.V6, cfg.Public, cold), func(t *testing.T) {
				w := world(t, cfg)
				w.pass(10 * time.Minute)
				const minutes = 20
				pairs, asked := exchanges(t, w, minutes*time.Minute)
				t.Logf("%.2f datagrams a minute between a pair at most, %.2f queries of a node", pairs/minutes, asked/minutes)
				if pairs > 4*minutes || asked > 30*minutes {
					t.Errorf("%.2f datagrams a minute between a pair, %.2f queries of a node", pairs/minutes, asked/minutes)
				}
			})
		}
	}
}

// exchanges returns the most datagrams between two nodes, and the most queries of one, in
// a span of time.
func exchanges(t *testing.T, w *World, span time.Duration) (pair, asked float64) {
	t.Helper()
	before := make([]uint64, w.Len())
	count := func(i int) (n uint64) {
		h, _ := w.Host(i)
		h.Do(func(_ dht.Time, n2 *dht.Node) { n = n2.Stats().QueriesOut })
		return n
	}
	for i := range before {
		before[i] = count(i)
	}
	type two struct{ a, b int }
	seen := map[two]float64{}
	for i := range before {
		h, _ := w.Host(i)
		h.Do(func(_ dht.Time, n *dht.Node) {
			n.SetHooks(dht.Hooks{Answered: func(_ dht.Time, from netip.AddrPort, _ *krpc.Message, _ []byte) {
				m, _ := w.Find(from)
				seen[two{min(i, m.Index), max(i, m.Index)}] += 2 // the query and its answer
			}})
		})
	}
	w.pass(span)
	for _, n := range seen {
		pair = max(pair, n)
	}
	for i := range before {
		asked = max(asked, float64(count(i)-before[i]))
	}
	return pair, asked
}
