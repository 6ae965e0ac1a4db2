package entry

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// ResolveTimeout is how long names are looked up; chosen by us.
const ResolveTimeout = 5 * time.Second

// Lookup finds the IP addresses of a host in the network "ip", "ip4" or "ip6", as
// [net.Resolver.LookupNetIP] does. It is called from several goroutines at a time.
type Lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)

// Resolve looks up all names, HOST:PORT, at the same time, for [ResolveTimeout] at most. Results
// and errors are in the order of the names; an error is an [*Error], or says that a name is not
// HOST:PORT.
func (look Lookup) Resolve(ctx context.Context, network string, names []string) (found [][]netip.AddrPort, errs []error) {
	ctx, cancel := context.WithTimeout(ctx, ResolveTimeout)
	defer cancel()
	found, errs = make([][]netip.AddrPort, len(names)), make([]error, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		all.Go(func() { found[i], errs[i] = look.one(ctx, network, name) })
	}
	all.Wait()
	return found, errs
}

func (look Lookup) one(ctx context.Context, network, name string) (addrs []netip.AddrPort, err error) {
	host, port, err := SplitName(name)
	if err != nil {
		return nil, err
	}
	if ip, err := netip.ParseAddr(host); err == nil && suits(ip, network) { // needs no resolver
		return []netip.AddrPort{netip.AddrPortFrom(ip.Unmap(), port)}, nil
	}
	ips, err := look(ctx, network, host)
	if err != nil || len(ips) == 0 {
		family := map[string]string{"ip4": "IPv4 ", "ip6": "IPv6 "}[network]
		return nil, Errorf("cannot find the %saddress of %q; check the name and the connection, or give an address", family, host)
	}
	for _, ip := range ips {
		addrs = append(addrs, netip.AddrPortFrom(ip.Unmap(), port))
	}
	return addrs, nil
}

// suits reports whether an address belongs to a network as resolvers name it.
func suits(ip netip.Addr, network string) bool {
	return network == "ip" || (network == "ip4") == ip.Unmap().Is4()
}

// SplitName takes the name of a node to join through apart: HOST:PORT, where the host is a name or
// an IP address.
func SplitName(name string) (host string, port uint16, err error) {
	host, text, err := net.SplitHostPort(name)
	number, bad := strconv.ParseUint(text, 10, 16)
	if err != nil || bad != nil || number == 0 || host == "" {
		return "", 0, fmt.Errorf("HOST:PORT is needed, as in 127.0.0.1:6881, got %q", name)
	}
	return host, uint16(number), nil
}
