package entry

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/udp"
)

// Addresses are where a node listens: at most one of IPv4 and one of IPv6. The zero value is no
// address.
type Addresses struct{ V4, V6 netip.AddrPort }

// AddressesOf returns the addresses that a single one stands for.
func AddressesOf(a netip.AddrPort) (as Addresses) {
	as.Add(a)
	return as
}

// Add adds an address. It returns false if there is one of the family already.
func (as *Addresses) Add(a netip.AddrPort) bool {
	slot := &as.V4
	if a.Addr().Is6() {
		slot = &as.V6
	}
	if slot.IsValid() {
		return false
	}
	*slot = a
	return true
}

// None reports whether there is no address.
func (as Addresses) None() bool { return as == Addresses{} }

// All returns the addresses, that of IPv4 first.
func (as Addresses) All() []netip.AddrPort {
	return slices.DeleteFunc([]netip.AddrPort{as.V4, as.V6}, func(a netip.AddrPort) bool { return !a.IsValid() })
}

// Reach reports whether a node at to can be asked from one of the addresses.
func (as Addresses) Reach(to netip.AddrPort) bool {
	if to.Addr().Is4() {
		return as.V4.IsValid()
	}
	return as.V6.IsValid()
}

// Network is the network in which a resolver should look names up: "ip", "ip4" or "ip6".
func (as Addresses) Network() string {
	switch {
	case !as.V6.IsValid() && as.V4.IsValid():
		return "ip4"
	case !as.V4.IsValid() && as.V6.IsValid():
		return "ip6"
	}
	return "ip"
}

// Bind makes a node that listens at the addresses; there must be at least one. The error is an
// [*Error].
func (as Addresses) Bind(cfg dht.Config) (*udp.Host, error) {
	where := udp.Config{Listen: as.V4, Listen6: as.V6, Node: cfg}
	if !as.V4.IsValid() {
		where.Listen, where.Listen6 = as.V6, netip.AddrPort{}
	}
	node, err := udp.Listen(where)
	var refused *udp.ListenError
	switch {
	case errors.Is(err, syscall.EADDRINUSE) && errors.As(err, &refused):
		return nil, Errorf("%v is in use by another program; stop that one, or choose another with --listen", refused.Addr)
	case err != nil:
		return nil, Errorf("%v; choose another address with --listen", err)
	}
	return node, nil
}

// ParseAddresses reads the addresses to listen at, as --listen has them. Each is HOST:PORT, HOST or
// :PORT; a missing port means any free one, a missing host all IPv4 addresses. No texts give no
// addresses.
func ParseAddresses(texts []string) (as Addresses, err error) {
	for _, text := range texts {
		a, err := parseAddress(text)
		if err != nil {
			return as, fmt.Errorf("--listen: %w", err)
		}
		if !as.Add(a) {
			return as, fmt.Errorf("--listen: one IPv4 and one IPv6 address at most, got %s; a second node needs a process of its own", strings.Join(texts, " and "))
		}
	}
	return as, nil
}

func parseAddress(text string) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), "0"
	}
	ip := netip.IPv4Unspecified()
	if host != "" {
		if ip, err = netip.ParseAddr(host); err != nil {
			return netip.AddrPort{}, fmt.Errorf("an address like 127.0.0.1:6881 or [::1]:6881 is needed, got %q", text)
		}
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("a port is a number up to 65535, got %q", port)
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(number)), nil
}
