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

// leadsTo is which classes of addresses there is a way to from one's own address.
var leadsTo = map[krpc.Class]krpc.Classes{
	krpc.Loopback:    krpc.ClassesOf(krpc.Loopback),
	krpc.Private:     krpc.ClassesOf(krpc.Private, krpc.Public),
	krpc.Public:      krpc.ClassesOf(krpc.Public),
	krpc.Unspecified: usable,
}

// ReachFrom is how far a node at these addresses, one of each family at most, should
// reach that joins its network through entry: the kinds of addresses that it joined,
// loopback, private or public, of each family for itself. A family in which it joins
// nobody is as the other one is; and a node that joins nobody reaches what its own
// address leads to: this machine from loopback, the public network from a public address
// and from a private one, which a router stands for, its private network too; and from
// 0.0.0.0 and :: all three.
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

// broadcasts are the addresses that stand for all on one of the IPv4 networks of this
// machine: the last of each, and the first, as it was of old.
func broadcasts() (all []netip.Addr) {
	addrs, _ := net.InterfaceAddrs() // without them, nothing is known of broadcasts
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.To4() == nil || len(n.Mask) == 0 {
			continue
		}
		ones, bits := n.Mask.Size()
		if bits-ones < 2 { // there are two addresses, and both are of somebody
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

// restrict fills in what the configuration of a node at these addresses leaves open of
// where it may send, and sees to it that it does no harm to others where it listens to
// more than this machine.
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

// Stopped returns how many datagrams were not sent at the last moment, as the node should
// not have tried: they would have gone out of reach. What the node itself does not send
// is in its Denied.
func (h *Host) Stopped() uint64 { return h.gate.stopped.Load() }

// Open makes a further node for somebody who may do no more than h: it listens only at
// an IP address where h does, at any free port from [dht.FirstPort] on, unless the
// reach of h grants more, and it has that reach. What may not be is a
// [*dht.DeniedError].
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
