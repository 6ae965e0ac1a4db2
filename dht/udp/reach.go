package udp

import (
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// usable are the classes of addresses that nodes have.
var usable = krpc.ClassesOf(krpc.Loopback, krpc.Private, krpc.Public)

// leadsTo lists, for the class of one's own address, the classes that can be reached.
var leadsTo = map[krpc.Class]krpc.Classes{
	krpc.Loopback:    krpc.ClassesOf(krpc.Loopback),
	krpc.Private:     krpc.ClassesOf(krpc.Private, krpc.Public),
	krpc.Public:      krpc.ClassesOf(krpc.Public),
	krpc.Unspecified: usable,
}

// ReachFrom is the reach of a node at these addresses, one of each family at most, that joins its
// network through entry. For each family it is the classes of entry's addresses: loopback, private
// or public. A family without entry addresses has the reach of the other family. A node without
// entry addresses reaches the classes that its own address leads to: this machine from loopback,
// the public network from a public address, also the private network from a private one, which is
// behind a router; and all three from 0.0.0.0 and ::.
func ReachFrom(listen, entry []netip.AddrPort) *dht.Reach {
	r := &dht.Reach{Entry: slices.Clone(entry), Never: broadcasts()}
	var joined [families]krpc.Classes
	for _, a := range entry {
		joined[familyOf(a.Addr())] |= krpc.ClassesOf(krpc.ClassOf(a.Addr())) & usable
	}
	for _, a := range listen {
		f := familyOf(a.Addr())
		scope := joined[f]
		if scope == 0 {
			scope = joined[1-f]
		}
		if scope == 0 {
			scope = leadsTo[krpc.ClassOf(a.Addr())]
		}
		if f == v4 {
			r.V4 = scope
		} else {
			r.V6 = scope
		}
	}
	return r
}

// broadcasts are the broadcast addresses of the IPv4 networks of this machine: the last address of
// each, and the first, an old form.
func broadcasts() (all []netip.Addr) {
	addrs, _ := net.InterfaceAddrs() // on failure, no broadcast addresses are known
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.To4() == nil || len(n.Mask) == 0 {
			continue
		}
		ones, bits := n.Mask.Size()
		if bits-ones < 2 { // a network of two hosts has no broadcast address
			continue
		}
		var first, last [4]byte
		ip, mask := n.IP.To4(), n.Mask[len(n.Mask)-4:]
		for i := range ip {
			first[i], last[i] = ip[i]&mask[i], ip[i]|^mask[i]
		}
		all = append(all, netip.AddrFrom4(first), netip.AddrFrom4(last))
	}
	return all
}

// restrict fills in the fields of a node's configuration that limit where it may send, if they are
// unset, and sets the guard if it listens to more than this machine.
func restrict(cfg *dht.Config, listen []netip.AddrPort, entry []netip.AddrPort) {
	if cfg.Reach == nil {
		cfg.Reach = ReachFrom(listen, entry)
	}
	beyond := slices.ContainsFunc(listen, func(a netip.AddrPort) bool { return krpc.ClassOf(a.Addr()) != krpc.Loopback })
	cfg.Guard = cfg.Guard || beyond
	if cfg.Pace == nil && cfg.QueryRate == 0 && !cfg.Public {
		cfg.Pace = dht.NewStrangerPace(new(sync.Mutex))
	}
}

// Reach returns how far the node reaches.
func (h *Host) Reach() *dht.Reach { return h.gate.reach }

// Stopped returns how many datagrams the gate dropped because they would have left the node's
// reach: each is a fault of the node. Queries that the node itself refuses to send are in its
// Denied.
func (h *Host) Stopped() uint64 { return h.gate.stopped.Load() }

// Open makes a further node with at most the rights of h: it listens only at an IP address where h
// does, at any free port from [dht.FirstPort] on, unless the reach of h grants more, and it has
// that reach. A refusal is a [*dht.DeniedError].
func (h *Host) Open(cfg Config) (*Host, error) {
	var homes []netip.Addr
	for _, a := range h.listening() {
		homes = append(homes, a.Addr())
	}
	for _, at := range []netip.AddrPort{cfg.Listen, cfg.Listen6} {
		if !at.IsValid() {
			continue
		}
		at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
		if err := h.gate.reach.CheckListen(at, homes); err != nil {
			return nil, err
		}
	}
	cfg.Node.Reach = h.gate.reach
	if cfg.Node.Pace == nil {
		cfg.Node.Pace = h.pace
	}
	return Listen(cfg)
}

// listening are the addresses of the host.
func (h *Host) listening() (all []netip.AddrPort) {
	for _, g := range h.groups {
		if len(g) > 0 {
			all = append(all, g.addr())
		}
	}
	return all
}
