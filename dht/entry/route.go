package entry

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
)

// Route returns the address of this machine that datagrams to another one carry as their sender, or
// why there is no route. It sends no datagram. from may be unspecified; then the system chooses.
func Route(from netip.Addr, to netip.AddrPort) (netip.Addr, error) {
	dialer := net.Dialer{}
	if !from.IsUnspecified() {
		dialer.LocalAddr = net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	conn, err := dialer.Dial("udp", to.String())
	if err != nil {
		if code, ok := errors.AsType[syscall.Errno](err); ok {
			err = code // what the system said, without the addresses
		}
		return netip.Addr{}, err
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), nil
}

// noRoute is the error that there is no route from listen to any of entry; nil if there
// is one, or if entry is empty.
func noRoute(listen Addresses, entry []netip.AddrPort) (err error) {
	for _, to := range entry {
		from := listen.V4
		if to.Addr().Is6() {
			from = listen.V6
		}
		if _, err = Route(from.Addr(), to); err == nil {
			return nil
		}
	}
	if err == nil {
		return nil
	}
	return Errorf("this machine has no way to %s (%v); is it connected?", List(entry), err)
}
