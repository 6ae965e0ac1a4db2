package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// Time limits of entering a network; ours.
const (
	resolveTimeout = 5 * time.Second
	joinTimeout    = 15 * time.Second
)

// realFlags are the flags of real sockets, shared by the commands that open them.
type realFlags struct {
	join   []string
	listen string
	id     string
}

func (f *realFlags) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.join, "join", nil, "use real sockets and join through these `HOST:PORT[,...]`")
	flags.StringVar(&f.listen, "listen", "", "bind to this `ADDR` (port 0: any free one; default 0.0.0.0:0, or 127.0.0.1:0 among nodes of this machine)")
	flags.StringVar(&f.id, "id", "", "the node's own id, 40 `HEX` digits (default: drawn at random)")
}

// networkError is a failure to be on a network: exit code 6.
type networkError struct{ text string }

func (e *networkError) Error() string { return e.text }

func noNetwork(format string, args ...any) error {
	return &networkError{fmt.Sprintf(format, args...)}
}

// report prints err and picks the exit code for it.
func (h *host) report(err error) int {
	h.complain("%v", err)
	return exitCode(err)
}

// exitCode tells a failure to be on a network from a mistake on the command line.
func exitCode(err error) int {
	if _, ok := errors.AsType[*networkError](err); ok {
		return exitNoNetwork
	}
	return exitMisused
}

// nodeID reads the --id flag.
func (f *realFlags) nodeID() (krpc.ID, error) {
	if f.id == "" {
		return krpc.ID{}, nil
	}
	id, err := krpc.ParseID(f.id)
	switch {
	case err != nil:
		return id, fmt.Errorf("--id: an id has 40 hex digits, got %q (%d characters)", f.id, len(f.id))
	case id.IsZero():
		return id, errors.New("--id: the id of all zeros is nobody's; choose another")
	}
	return id, nil
}

// listenAddr reads the --listen flag. A missing port means any, a missing host
// all addresses.
func (f *realFlags) listenAddr() (netip.AddrPort, error) {
	if f.listen == "" {
		return netip.AddrPortFrom(netip.IPv4Unspecified(), 0), nil
	}
	host, port, err := net.SplitHostPort(f.listen)
	if err != nil {
		host, port = f.listen, "0"
	}
	ip := netip.IPv4Unspecified()
	if host != "" {
		if ip, err = netip.ParseAddr(host); err != nil {
			return netip.AddrPort{}, fmt.Errorf("--listen: an address like 127.0.0.1:6881 or [::1]:6881 is needed, got %q", f.listen)
		}
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("--listen: a port is a number up to 65535, got %q", port)
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(number)), nil
}

// open binds the socket and makes the node.
func (f *realFlags) open(ctx context.Context) (*udp.Host, []netip.AddrPort, error) {
	id, listen, err := f.own()
	if err != nil {
		return nil, nil, err
	}
	entry, err := f.resolve(ctx, listen.Addr().Is4())
	if err != nil {
		return nil, nil, err
	}
	if f.listen == "" && onlyLoopback(entry) { // then others find us at the address we know of
		listen = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 0)
	}
	node, err := bind(listen, dht.Config{ID: id, Bootstrap: entry})
	return node, entry, err
}

// onlyLoopback reports whether all of those to join through are on this machine.
func onlyLoopback(entry []netip.AddrPort) bool {
	return len(entry) > 0 && !slices.ContainsFunc(entry, func(a netip.AddrPort) bool { return !a.Addr().IsLoopback() })
}

// own reads what the flags say of the node itself.
func (f *realFlags) own() (krpc.ID, netip.AddrPort, error) {
	id, err := f.nodeID()
	if err != nil {
		return id, netip.AddrPort{}, err
	}
	listen, err := f.listenAddr()
	return id, listen, err
}

// bind makes a node at listen.
func bind(listen netip.AddrPort, cfg dht.Config) (*udp.Host, error) {
	node, err := udp.Listen(udp.Config{Listen: listen, Node: cfg})
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, noNetwork("%v is in use by another program; stop that one, or choose another with --listen", listen)
	case err != nil:
		return nil, noNetwork("%v; choose another address with --listen", err)
	}
	return node, nil
}

// resolve finds the addresses of the hosts to join through, of our family.
func (f *realFlags) resolve(ctx context.Context, v4 bool) ([]netip.AddrPort, error) {
	var addrs []netip.AddrPort
	for _, name := range f.join {
		found, err := resolveOne(ctx, name, v4)
		if err != nil {
			return nil, err
		}
		addrs = append(addrs, found...)
	}
	return addrs, nil
}

// splitJoin takes one name of --join apart.
func splitJoin(name string) (host string, port uint16, err error) {
	host, text, err := net.SplitHostPort(name)
	number, bad := strconv.ParseUint(text, 10, 16)
	if err != nil || bad != nil || number == 0 || host == "" {
		return "", 0, fmt.Errorf("--join: HOST:PORT is needed, as in 127.0.0.1:6881, got %q", name)
	}
	return host, uint16(number), nil
}

func resolveOne(ctx context.Context, name string, v4 bool) ([]netip.AddrPort, error) {
	host, port, err := splitJoin(name)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	network, family := "ip6", "IPv6"
	if v4 {
		network, family = "ip4", "IPv4"
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, network, host)
	if err != nil || len(ips) == 0 {
		return nil, noNetwork("--join: cannot find the %s address of %q; check the name and the connection, or give an address", family, host)
	}
	var addrs []netip.AddrPort
	for _, ip := range ips {
		addrs = append(addrs, netip.AddrPortFrom(ip.Unmap(), port))
	}
	return addrs, nil
}

// enter joins the network through entry and waits until that is done.
func enter(ctx context.Context, loop client.Loop, entry []netip.AddrPort) error {
	limited, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	result, err := client.New(loop).Bootstrap(limited, entry...)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if result != nil && result.Trace.Replies > 0 {
		return nil
	}
	if err != nil {
		return noNetwork("nobody answers at %s; is the node there running, and is UDP let through?", list(entry))
	}
	return nil
}

// list writes addresses for a message, the first few of them.
func list(addrs []netip.AddrPort) string {
	var text []string
	for i, a := range addrs {
		if i == 4 {
			text = append(text, fmt.Sprintf("%d more", len(addrs)-i))
			break
		}
		text = append(text, a.String())
	}
	return strings.Join(text, ", ")
}
