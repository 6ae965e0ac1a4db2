package dht

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/lightdht/lightdht/dht/krpc"
)

// FirstPort is the lowest port at which the node contacts others unless a [Grant] says otherwise:
// below it are the services of machines.
const FirstPort = 1024

// Reach is where the node may send of its own accord, whether an address was named by the host, by
// a script or by another node. An answer to a query goes back to the address of the query,
// regardless of reach. A Reach must not change while nodes use it.
type Reach struct {
	// V4 and V6 are the kinds of addresses that are within reach, at ports from
	// [FirstPort] on.
	V4, V6 krpc.Classes
	// Entry are exact addresses within reach: those that the node joins through.
	Entry []netip.AddrPort
	// Never are out of reach in any case, unless granted: the broadcast addresses of the networks
	// of this machine.
	Never []netip.Addr
	// Grants widen it. They are for listening, too.
	Grants []Grant
	// Raw says that datagrams of one's own making may be sent; see [Call].
	Raw bool
	// NetFlag and RawFlag are the command-line flags for a grant, and for Raw, as in "--allow-net".
	// Error messages name them.
	NetFlag, RawFlag string
}

// Grant is a range of addresses, at the ports from First to Last.
type Grant struct {
	Prefix      netip.Prefix
	First, Last uint16
}

// Holds reports whether a grant is for an address.
func (g Grant) Holds(to netip.AddrPort) bool {
	return g.Prefix.Contains(to.Addr()) && g.First <= to.Port() && to.Port() <= g.Last
}

// Everywhere is a reach that keeps nothing out.
func Everywhere() *Reach {
	all := ^krpc.Classes(0)
	return &Reach{V4: all, V6: all, Raw: true, Grants: []Grant{
		{netip.PrefixFrom(netip.IPv4Unspecified(), 0), 0, 65535}, {netip.PrefixFrom(netip.IPv6Unspecified(), 0), 0, 65535},
	}}
}

// scope is the classes within reach for the family of an address.
func (r *Reach) scope(ip netip.Addr) krpc.Classes {
	if ip.Is4() {
		return r.V4
	}
	return r.V6
}

// Allows reports whether an address is within reach. Without a Reach, all are.
func (r *Reach) Allows(to netip.AddrPort) bool {
	if r == nil {
		return true
	}
	ip := to.Addr()
	return to.Port() >= FirstPort && r.scope(ip).Has(krpc.ClassOf(ip)) && !slices.Contains(r.Never, ip) ||
		slices.Contains(r.Entry, to) || r.Granted(to)
}

// Granted reports whether one of the grants holds an address.
func (r *Reach) Granted(to netip.AddrPort) bool {
	if r == nil {
		return false
	}
	return slices.ContainsFunc(r.Grants, func(g Grant) bool { return g.Holds(to) })
}

// Check returns nil for an address within reach, and else a [*DeniedError].
func (r *Reach) Check(to netip.AddrPort) error {
	if r.Allows(to) {
		return nil
	}
	return r.denied(r.why(to), to)
}

// CheckRaw returns nil if datagrams of one's own making may be sent.
func (r *Reach) CheckRaw() error {
	if r == nil || r.Raw {
		return nil
	}
	return &DeniedError{"datagrams of one's own making are not sent", r.RawFlag}
}

// CheckListen returns nil if a node may be bound to an address, because it is granted, or because
// nodes listen at one of homes already: then any free port is allowed, except those below
// [FirstPort].
func (r *Reach) CheckListen(at netip.AddrPort, homes []netip.Addr) error {
	covered := slices.ContainsFunc(homes, func(home netip.Addr) bool {
		return home == at.Addr() || home.IsUnspecified() && home.Is4() == at.Addr().Is4()
	})
	low := at.Port() > 0 && at.Port() < FirstPort
	switch {
	case r == nil || covered && !low:
		return nil
	case at.Port() == 0 && r.Granted(netip.AddrPortFrom(at.Addr(), FirstPort)), r.Granted(at):
		return nil
	case low:
		return r.denied(fmt.Sprintf("port %d is below %d", at.Port(), FirstPort), at)
	}
	return r.denied(fmt.Sprintf("%v is not where this run's own node listens", at.Addr()), at)
}

// why says why an address is out of reach.
func (r *Reach) why(to netip.AddrPort) string {
	ip, class := to.Addr(), krpc.ClassOf(to.Addr())
	switch scope := r.scope(ip); {
	case slices.Contains(r.Never, ip):
		return fmt.Sprintf("%v is the broadcast address of a network of this machine", ip)
	case !scope.Has(class):
		return fmt.Sprintf("%v is %v, and within reach are %s", ip, class, scopeText(scope))
	}
	return fmt.Sprintf("port %d is below %d", to.Port(), FirstPort)
}

// denied is the error for an address, with the grant that would be needed.
func (r *Reach) denied(why string, to netip.AddrPort) error {
	if r.NetFlag == "" {
		return &DeniedError{Why: why}
	}
	grant := netip.PrefixFrom(to.Addr(), to.Addr().BitLen()).String()
	if to.Port() > 0 && to.Port() < FirstPort {
		if to.Addr().Is6() {
			grant = "[" + grant + "]"
		}
		grant = fmt.Sprintf("%s:%d", grant, to.Port())
	}
	return &DeniedError{why, r.NetFlag + " " + grant}
}

// scopeText says which addresses are in a scope: "loopback addresses".
func scopeText(scope krpc.Classes) string {
	var names []string
	for _, c := range []struct {
		class krpc.Class
		name  string
	}{{krpc.Loopback, "loopback"}, {krpc.Private, "private"}, {krpc.Public, "public"}} {
		if scope.Has(c.class) {
			names = append(names, c.name)
		}
	}
	if len(names) == 0 {
		return "no addresses of that family"
	}
	return strings.Join(names, ", ") + " addresses"
}

// Describe lists the addresses within reach, for a person who is about to run the script of a
// stranger: "loopback addresses of IPv4, at ports from 1024 on".
func (r *Reach) Describe() (lines []string) {
	for _, f := range []struct {
		name  string
		scope krpc.Classes
	}{{"IPv4", r.V4}, {"IPv6", r.V6}} {
		if f.scope != 0 {
			lines = append(lines, fmt.Sprintf("%s of %s, at ports from %d on", scopeText(f.scope), f.name, FirstPort))
		}
	}
	for _, g := range r.Grants {
		lines = append(lines, g.String())
	}
	return lines
}

// String is the grant as it is written on a command line.
func (g Grant) String() string {
	ports := fmt.Sprintf("%d-%d", g.First, g.Last)
	switch {
	case g.First == FirstPort && g.Last == 65535:
		return g.Prefix.String()
	case g.First == g.Last:
		ports = fmt.Sprint(g.First)
	}
	if g.Prefix.Addr().Is6() {
		return fmt.Sprintf("[%v]:%s", g.Prefix, ports)
	}
	return fmt.Sprintf("%v:%s", g.Prefix, ports)
}

// DeniedError is the refusal to send to, or to listen at, an address that is out of [Reach].
type DeniedError struct {
	Why  string
	Flag string // the command-line flag that would allow it; "": there is no such flag
}

// Error returns one line.
func (e *DeniedError) Error() string {
	if e.Flag == "" {
		return "out of reach: " + e.Why
	}
	return fmt.Sprintf("out of reach: %s; %s would allow it", e.Why, e.Flag)
}

// credible reports whether a node at from can know a node at an address: addresses on this machine,
// or behind its router, are not known from afar. Such a contact would make us query local services.
func (r *Reach) credible(from, named netip.AddrPort) bool {
	return r == nil || distance(named.Addr()) >= distance(from.Addr()) || r.Granted(named)
}

// distance orders addresses by how far away they can be.
func distance(ip netip.Addr) int {
	switch krpc.ClassOf(ip) {
	case krpc.Loopback:
		return 0
	case krpc.Public:
		return 2
	}
	return 1
}
