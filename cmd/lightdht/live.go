package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// resolveTimeout is how long names are looked up for; ours.
const resolveTimeout = 5 * time.Second

// liveHosts are where the public DHT can be entered: those that were reported to
// answer in May 2026, of libtorrent, Transmission and Ouinet.
var liveHosts = []string{"dht.libtorrent.org:25401", "dht.transmissionbt.com:6881", "router.bt.ouinet.work:6881"}

// resolver looks up the addresses of a host, as [net.Resolver.LookupNetIP] does.
type resolver func(ctx context.Context, network, host string) ([]netip.Addr, error)

// hosts are the names to join through.
func (f *realFlags) hosts() []string {
	switch {
	case !f.live:
		return f.join
	case len(f.bootstrap) > 0:
		return f.bootstrap
	}
	return liveHosts
}

// checkHosts refuses names that cannot be, and flags that do not go together.
func (f *realFlags) checkHosts() error {
	flag := "--join"
	switch {
	case f.live && len(f.join) > 0:
		return fmt.Errorf("--live is the public DHT, --join another network; use one of the two (--bootstrap HOST:PORT says where to enter the public one)")
	case !f.live && len(f.bootstrap) > 0:
		return fmt.Errorf("--bootstrap says where to enter the public DHT; it needs --live, and another network --join")
	case f.live:
		flag = "--bootstrap"
	}
	for _, name := range f.hosts() {
		if _, _, err := splitHost(name); err != nil {
			return fmt.Errorf("%s: %w", flag, err)
		}
	}
	return nil
}

// splitHost takes one name to join through apart.
func splitHost(name string) (host string, port uint16, err error) {
	host, text, err := net.SplitHostPort(name)
	number, bad := strconv.ParseUint(text, 10, 16)
	if err != nil || bad != nil || number == 0 || host == "" {
		return "", 0, fmt.Errorf("HOST:PORT is needed, as in 127.0.0.1:6881, got %q", name)
	}
	return host, uint16(number), nil
}

// resolve looks up all names at once, in the network "ip", "ip4" or "ip6". The
// results are in the order of the names, which checkHosts has seen.
func (look resolver) resolve(ctx context.Context, network string, names []string) (found [][]netip.AddrPort, errs []error) {
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	found, errs = make([][]netip.AddrPort, len(names)), make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { found[i], errs[i] = look.one(ctx, network, name) })
	}
	all.Wait()
	return found, errs
}

func (look resolver) one(ctx context.Context, network, name string) (addrs []netip.AddrPort, err error) {
	host, port, err := splitHost(name)
	if err != nil {
		return nil, err
	}
	if ip, err := netip.ParseAddr(host); err == nil && suits(ip, network) { // nobody has to be asked
		return []netip.AddrPort{netip.AddrPortFrom(ip.Unmap(), port)}, nil
	}
	ips, err := look(ctx, network, host)
	if err != nil || len(ips) == 0 {
		family := map[string]string{"ip4": "IPv4 ", "ip6": "IPv6 "}[network]
		return nil, noNetwork("cannot find the %saddress of %q; check the name and the connection, or give an address", family, host)
	}
	for _, ip := range ips {
		addrs = append(addrs, netip.AddrPortFrom(ip.Unmap(), port))
	}
	return addrs, nil
}

// suits reports whether an address is of a network as resolvers call it.
func suits(ip netip.Addr, network string) bool {
	return network == "ip" || (network == "ip4") == ip.Unmap().Is4()
}

// entry finds the addresses to join through from where the node is to listen; that
// may be none yet. Of --join each name must be found; of the hosts of the public
// DHT one is enough, or none if anyway is true.
func (h *host) entry(ctx context.Context, f *realFlags, listen addresses, anyway bool) ([]netip.AddrPort, error) {
	names := f.hosts()
	found, errs := h.lookup.resolve(ctx, listen.network(), names)
	for _, err := range errs {
		if err != nil && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil && !f.live {
			return nil, noNetwork("--join: %v", err)
		}
	}
	addrs := slices.Concat(found...)
	if f.live && len(addrs) == 0 && !anyway {
		return nil, noNetwork("no network: none of the hosts to join the public DHT through was found (%s); is this machine connected? \"lightdht doctor --live\" takes a closer look",
			strings.Join(names, ", "))
	}
	return addrs, nil
}
