package udp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// receiveBuffer is asked of the kernel for each socket, in bytes; it may grant
// less. A burst of 10,000 small queries takes about this much (rule of thumb:
// a packet occupies 512 to 768 bytes on Linux).
const receiveBuffer = 4 << 20

// ListenError says why an address could not be bound, and what to do. The cause is kept:
// errors.Is(err, syscall.EADDRINUSE) works.
type ListenError struct {
	Addr netip.AddrPort // the address asked for
	Err  error          // what the system said
}

// Error returns one line.
func (e *ListenError) Error() string {
	switch {
	case errors.Is(e.Err, syscall.EADDRINUSE):
		return fmt.Sprintf("udp: %v is in use by another program; choose another port, or stop that program", e.Addr)
	case errors.Is(e.Err, syscall.EADDRNOTAVAIL):
		return fmt.Sprintf("udp: this machine has no address %v; listen on one it has, or on %v for all of them", e.Addr.Addr(), anyAddr(e.Addr.Addr()))
	case errors.Is(e.Err, syscall.EACCES), errors.Is(e.Err, syscall.EPERM):
		return fmt.Sprintf("udp: no permission to listen on %v; choose a port from 1024 up", e.Addr)
	case errors.Is(e.Err, syscall.EMFILE), errors.Is(e.Err, syscall.ENFILE):
		return "udp: no further socket can be had: too many files are open; close nodes, or raise the limit (ulimit -n)"
	case errors.Is(e.Err, syscall.EAFNOSUPPORT):
		return fmt.Sprintf("udp: this system cannot listen on %v; choose an address of the other kind, IPv4 or IPv6", e.Addr)
	}
	return fmt.Sprintf("udp: cannot listen on %v: %v", e.Addr, e.Err)
}

// Unwrap returns what the system said.
func (e *ListenError) Unwrap() error { return e.Err }

// anyAddr is the address that stands for all of the machine's.
func anyAddr(family netip.Addr) netip.Addr {
	if family.Is6() {
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}

// socket is a bound UDP socket.
type socket struct {
	conn   *net.UDPConn
	raw    syscall.RawConn
	addr   netip.AddrPort
	losses losses
}

// family is one of the two networks (BEP 32), as an index.
type family uint8

const (
	v4 family = iota
	v6
	families
)

func familyOf(ip netip.Addr) family {
	if ip.Is4() {
		return v4
	}
	return v6
}

// group is the sockets bound to one address. It is empty if there is no address.
type group []*socket

// addr returns the address; the zero value if the group is empty.
func (g group) addr() netip.AddrPort {
	if len(g) == 0 {
		return netip.AddrPort{}
	}
	return g[0].addr
}

// openGroups binds the address, or the two addresses, that cfg names.
func openGroups(cfg Config) (groups [families]group, err error) {
	receivers := max(cfg.Receivers, 1)
	first, err := openGroup(cfg.Listen, receivers)
	if err != nil {
		return groups, err
	}
	groups[familyOf(first.addr().Addr())] = first
	if cfg.Listen6.IsValid() {
		if groups[v6], err = openGroup(cfg.Listen6, receivers); err != nil {
			first.close()
		}
	}
	return groups, err
}

// openGroup binds listen: one socket for each receiver if the system shares a port well, else one
// socket for all.
func openGroup(listen netip.AddrPort, receivers int) (group, error) {
	if !listen.IsValid() {
		listen = netip.AddrPortFrom(netip.IPv4Unspecified(), listen.Port())
	}
	listen = netip.AddrPortFrom(listen.Addr().Unmap(), listen.Port())

	// The first socket is bound alone, so that a port in use is noticed even if its owner would
	// share it. Only then may the others share it.
	first, err := openSocket(listen, net.ListenConfig{})
	if err != nil {
		return nil, &ListenError{listen, err}
	}
	g := group{first}
	if receivers == 1 || !canSharePort {
		return g, nil
	}
	if err = first.raw.Control(sharePort); err == nil {
		g, err = g.join(receivers)
	}
	if err != nil {
		g.close()
		return nil, &ListenError{first.addr, err}
	}
	return g, nil
}

// join returns g with as many sockets as size on its port.
func (g group) join(size int) (group, error) {
	shared := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(sharePort)
	}}
	for len(g) < size {
		s, err := openSocket(g.addr(), shared)
		if err != nil {
			return g, err
		}
		g = append(g, s)
	}
	return g, nil
}

func openSocket(listen netip.AddrPort, lc net.ListenConfig) (*socket, error) {
	network := "udp4"
	if listen.Addr().Is6() {
		network = "udp6" // and no IPv4: BEP 32 keeps the two networks apart
	}
	pc, err := lc.ListenPacket(context.Background(), network, listen.String())
	if err != nil {
		return nil, err
	}
	conn := pc.(*net.UDPConn)
	s, err := newSocket(conn)
	if err != nil {
		conn.Close()
	}
	return s, err
}

func newSocket(conn *net.UDPConn) (*socket, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	conn.SetReadBuffer(receiveBuffer) // a smaller grant only means less room for bursts
	bound := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	return &socket{conn: conn, raw: raw, addr: netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port())}, nil
}

func (g group) close() error {
	var errs []error
	for _, s := range g {
		errs = append(errs, s.conn.Close())
	}
	return errors.Join(errs...)
}

func closeGroups(groups [families]group) error {
	return errors.Join(groups[v4].close(), groups[v6].close())
}
