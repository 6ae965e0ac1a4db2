package entry

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// publicHosts are where the public DHT can be entered: the hosts of libtorrent, Transmission and
// Ouinet that were reported to answer in May 2026.
var publicHosts = []string{"dht.libtorrent.org:25401", "dht.transmissionbt.com:6881", "router.bt.ouinet.work:6881"}

// Way is how a node is to enter a network.
type Way struct {
	// Public says that the network is the public DHT.
	Public bool
	// Join are the nodes to join through, HOST:PORT, of a network that is not the public one;
	// Bootstrap those of the public one, by default well-known hosts.
	Join, Bootstrap []string
	// Listen is where to listen; by default it is chosen by [Way.Home].
	Listen Addresses
	// Usual is what Home begins with; by default any port of all IPv4 addresses.
	Usual netip.AddrPort
	// Grants and Raw widen the reach of the node; see [dht.Reach].
	Grants []dht.Grant
	Raw    bool
}

// The flags that widen a reach, for messages.
const (
	NetFlag = "--allow-net"
	RawFlag = "--allow-raw"
)

// Hosts are the names to join through. They are not to be changed.
func (w *Way) Hosts() []string {
	switch {
	case !w.Public:
		return w.Join
	case len(w.Bootstrap) > 0:
		return w.Bootstrap
	}
	return publicHosts
}

// Check refuses names that are not HOST:PORT, and fields that do not go together.
func (w *Way) Check() error {
	flag := "--join"
	switch {
	case w.Public && len(w.Join) > 0:
		return errors.New("--live is the public DHT, --join another network; use one of the two (--bootstrap HOST:PORT says where to enter the public one)")
	case !w.Public && len(w.Bootstrap) > 0:
		return errors.New("--bootstrap says where to enter the public DHT; it needs --live, and another network --join")
	case w.Public:
		flag = "--bootstrap"
	}
	for _, name := range w.Hosts() {
		if _, _, err := SplitName(name); err != nil {
			return fmt.Errorf("%s: %w", flag, err)
		}
	}
	return nil
}

// Find resolves the names, chooses where to listen if that is open, and returns the addresses to
// join through that can be reached from there. There may be none. If known is true, the node knows
// others already and can do without.
func (w *Way) Find(ctx context.Context, look Lookup, known bool) (listen Addresses, entry []netip.AddrPort, err error) {
	listen = w.Listen
	if entry, err = w.resolve(ctx, look, known); err != nil {
		return listen, nil, err
	}
	if listen.None() {
		listen = w.Home(entry)
	}
	entry = slices.DeleteFunc(entry, func(a netip.AddrPort) bool { return !listen.Reach(a) })
	if entry, err = w.Joinable(entry); err != nil {
		return listen, nil, err
	}
	if err := noRoute(listen, entry); err != nil && !known {
		return listen, nil, err
	}
	return listen, entry, nil
}

// resolve finds the addresses of all names. Each name of Join must be found; of the hosts
// of the public DHT one is enough, and none is needed if the node knows others already.
func (w *Way) resolve(ctx context.Context, look Lookup, known bool) ([]netip.AddrPort, error) {
	names := w.Hosts()
	found, errs := look.Resolve(ctx, w.Listen.Network(), names)
	for _, err := range errs {
		if err != nil && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil && !w.Public {
			return nil, Errorf("--join: %v", err)
		}
	}
	addrs := slices.Concat(found...)
	if w.Public && len(addrs) == 0 && !known {
		return nil, Errorf("no network: none of the hosts to join the public DHT through was found (%s); is this machine connected? \"lightdht doctor --live\" takes a closer look",
			strings.Join(names, ", "))
	}
	return addrs, nil
}

// Home is where to listen if Listen does not say it: in the family of those to join through, IPv4
// if there are both, and on the loopback interface if all of them are there.
func (w *Way) Home(entry []netip.AddrPort) Addresses {
	usual := w.Usual
	if !usual.IsValid() {
		usual = netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
	}
	ip := usual.Addr()
	is6 := len(entry) > 0 && !slices.ContainsFunc(entry, func(a netip.AddrPort) bool { return a.Addr().Is4() })
	switch near := onlyLoopback(entry) && usual.Port() == 0; {
	case near && is6:
		ip = netip.IPv6Loopback()
	case near:
		ip = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case is6:
		ip = netip.IPv6Unspecified()
	}
	return AddressesOf(netip.AddrPortFrom(ip, usual.Port()))
}

// onlyLoopback reports whether all of those to join through are on this machine.
func onlyLoopback(entry []netip.AddrPort) bool {
	return len(entry) > 0 && !slices.ContainsFunc(entry, func(a netip.AddrPort) bool { return !a.Addr().IsLoopback() })
}

// Reach is how far a node reaches that listens at these addresses and joins through entry. Scripts
// get no further, and neither do contacts that other nodes name.
func (w *Way) Reach(listen Addresses, entry []netip.AddrPort) *dht.Reach {
	r := udp.ReachFrom(listen.All(), entry)
	if w.Public {
		r.V4, r.V6 = krpc.ClassesOf(krpc.Public), krpc.ClassesOf(krpc.Public)
	}
	r.Grants, r.Raw, r.NetFlag, r.RawFlag = w.Grants, w.Raw, NetFlag, RawFlag
	return r
}

// PlannedReach is the reach as far as it can be told before a name is looked up. If that is not far
// enough to tell the classes of addresses, it has none.
func (w *Way) PlannedReach() *dht.Reach {
	var entry []netip.AddrPort
	for _, name := range w.Hosts() {
		a, err := netip.ParseAddrPort(name)
		if err != nil && !w.Public {
			return &dht.Reach{Grants: w.Grants}
		}
		if err == nil {
			entry = append(entry, netip.AddrPortFrom(a.Addr().Unmap(), a.Port()))
		}
	}
	listen := w.Listen
	if listen.None() {
		listen = w.Home(entry)
	}
	return w.Reach(listen, entry)
}

// Joinable keeps those addresses to join through at which there may be nodes, or that are granted.
// It is an error if there were only others.
func (w *Way) Joinable(entry []netip.AddrPort) ([]netip.AddrPort, error) {
	granted := &dht.Reach{Grants: w.Grants}
	kept := slices.DeleteFunc(slices.Clone(entry), func(a netip.AddrPort) bool {
		class := krpc.ClassOf(a.Addr())
		fits := class == krpc.Public || !w.Public && (class == krpc.Private || class == krpc.Loopback)
		return !fits && !granted.Granted(a)
	})
	switch {
	case len(kept) > 0 || len(entry) == 0:
		return kept, nil
	case w.Public:
		return nil, fmt.Errorf("--bootstrap: %s is no public address; a network of your own is entered with --join", List(entry))
	}
	a := entry[0]
	needed := dht.Grant{Prefix: netip.PrefixFrom(a.Addr(), a.Addr().BitLen()), First: dht.FirstPort, Last: 65535}
	if a.Port() < dht.FirstPort {
		needed.First, needed.Last = a.Port(), a.Port()
	}
	return nil, fmt.Errorf("--join: %v is %v, where no node is looked for; %s %v would allow it", a, krpc.ClassOf(a.Addr()), NetFlag, needed)
}
