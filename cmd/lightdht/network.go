package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// realFlags are the flags of real sockets, shared by the commands that open them.
type realFlags struct {
	join      []string
	live      bool
	bootstrap []string // instead of liveHosts
	listen    []string
	id        string
	reachFlags
	usual netip.AddrPort // where to listen without --listen; the zero value: any port of all IPv4 addresses
}

func (f *realFlags) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.join, "join", nil, "use real sockets and join through these `HOST:PORT[,...]`")
	flags.BoolVar(&f.live, "live", false, "join the public DHT")
	flags.StringSliceVar(&f.bootstrap, "bootstrap", nil, "with --live: join through these `HOST:PORT[,...]` instead of the well-known ones")
	flags.StringSliceVar(&f.listen, "listen", nil, "bind to this `ADDR`, or to one of IPv4 and one of IPv6: ADDR,ADDR (port 0: any free one; default 0.0.0.0:0, or 127.0.0.1:0 among nodes of this machine)")
	f.reachFlags.register(flags)
	flags.StringVar(&f.id, "id", "", "the node's own id, 40 `HEX` digits, which it keeps (default: that of --state, or one at random; on the public DHT it changes to suit the address)")
}

// memberFlags say how a node is a member of its network.
type memberFlags struct {
	rate       int // queries a second; 0: the default
	readOnly   bool
	state      string // file of id and table
	tableLimit int    // nodes; 0: the default
	claimLimit int    // nodes; 0: the default
}

func (f *memberFlags) register(flags *pflag.FlagSet) {
	flags.Func("rate", "send at most `N` queries a second (default 50 with --live; else there is no limit but 1000 to addresses beyond this machine that never answered)", func(text string) (err error) {
		if f.rate, err = strconv.Atoi(text); err != nil || f.rate < 1 {
			return errors.New("a number of queries a second is needed, 1 or more")
		}
		return nil
	})
	flags.Func("table-limit", "let the table hold at most `N` nodes (default 20 million); newcomers beyond it are not remembered", func(text string) (err error) {
		if f.tableLimit, err = strconv.Atoi(text); err != nil || f.tableLimit < 1 {
			return errors.New("a number of nodes is needed, 1 or more")
		}
		return nil
	})
	flags.Func("claim-limit", "remember at most `N` nodes that merely sent queries and never proved their address (default 200,000); the oldest beyond it are forgotten", func(text string) (err error) {
		if f.claimLimit, err = strconv.Atoi(text); err != nil || f.claimLimit < 1 {
			return errors.New("a number of nodes is needed, 1 or more")
		}
		return nil
	})
	flags.BoolVar(&f.readOnly, "read-only", false, "be a guest: ask, but answer nobody, and be in nobody's table (BEP 43)")
	flags.StringVar(&f.state, "state", "", "keep id and table in this `FILE` from one run to the next, of one process at a time; written every 5 minutes and at the end")
}

// node is what the flags make of a node; live says that it is one of the public DHT.
// Several nodes made from it, as by dht.open, keep to its rate together.
func (f *memberFlags) node(live bool) dht.Config {
	cfg := dht.Config{Public: live, ReadOnly: f.readOnly, TableLimit: f.tableLimit, ClaimLimit: f.claimLimit}
	rate := f.rate
	if rate == 0 && live {
		rate = dht.DefaultQueryRate
	}
	if rate > 0 {
		cfg.Pace = dht.NewPace(rate, live, new(sync.Mutex))
	}
	return cfg
}

// noNetwork is a failure to be on a network: exit code 6.
func noNetwork(format string, args ...any) error {
	return &experiment.NetworkError{Text: fmt.Sprintf(format, args...)}
}

// report prints err and picks the exit code for it.
func (h *host) report(err error) int {
	h.complain("%v", err)
	return exitCode(err)
}

// exitCode tells a failure to be on a network, and Ctrl-C, from a mistake on the
// command line.
func exitCode(err error) int {
	if errors.Is(err, errInterrupted) {
		return exitInterrupted
	}
	return int(experiment.StatusOf(err))
}

// errInterrupted is why something ended before it was done: Ctrl-C.
var errInterrupted = errors.New("interrupted")

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

// addresses are where a node listens, IPv4 and IPv6: at most one of each.
type addresses struct{ v4, v6 netip.AddrPort }

// addressesOf returns the addresses that a single one stands for.
func addressesOf(a netip.AddrPort) (as addresses) {
	as.add(a)
	return as
}

// add reports false if there is one of the family already.
func (as *addresses) add(a netip.AddrPort) bool {
	slot := &as.v4
	if a.Addr().Is6() {
		slot = &as.v6
	}
	if slot.IsValid() {
		return false
	}
	*slot = a
	return true
}

// none reports whether there is no address.
func (as addresses) none() bool { return as == addresses{} }

// all returns them, IPv4's first.
func (as addresses) all() []netip.AddrPort {
	return slices.DeleteFunc([]netip.AddrPort{as.v4, as.v6}, func(a netip.AddrPort) bool { return !a.IsValid() })
}

// reach reports whether an address can be asked from one of them.
func (as addresses) reach(to netip.AddrPort) bool {
	if to.Addr().Is4() {
		return as.v4.IsValid()
	}
	return as.v6.IsValid()
}

// network is what a resolver should look for.
func (as addresses) network() string {
	switch {
	case !as.v6.IsValid() && as.v4.IsValid():
		return "ip4"
	case !as.v4.IsValid() && as.v6.IsValid():
		return "ip6"
	}
	return "ip"
}

// listenAddrs reads the --listen flag; none if it is not there.
func (f *realFlags) listenAddrs() (as addresses, err error) {
	for _, text := range f.listen {
		a, err := listenAddr(text)
		if err != nil {
			return as, err
		}
		if !as.add(a) {
			return as, fmt.Errorf("--listen: one IPv4 and one IPv6 address at most, got %s; a second node needs a process of its own", strings.Join(f.listen, " and "))
		}
	}
	return as, nil
}

// listenAddr reads one address. A missing port means any, a missing host all
// IPv4 addresses.
func listenAddr(text string) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), "0"
	}
	ip := netip.IPv4Unspecified()
	if host != "" {
		if ip, err = netip.ParseAddr(host); err != nil {
			return netip.AddrPort{}, fmt.Errorf("--listen: an address like 127.0.0.1:6881 or [::1]:6881 is needed, got %q", text)
		}
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("--listen: a port is a number up to 65535, got %q", port)
	}
	return netip.AddrPortFrom(ip.Unmap(), uint16(number)), nil
}

// own reads what the flags say of the node itself.
func (f *realFlags) own() (krpc.ID, addresses, error) {
	id, err := f.nodeID()
	if err != nil {
		return id, addresses{}, err
	}
	listen, err := f.listenAddrs()
	if err != nil {
		return id, listen, err
	}
	return id, listen, f.checkHosts()
}

// home is where to listen if the flags do not say it: in the family of those to join
// through, IPv4 if there are both, and where they know us.
func (f *realFlags) home(entry []netip.AddrPort) addresses {
	usual := f.usual
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
	return addressesOf(netip.AddrPortFrom(ip, usual.Port()))
}

// onlyLoopback reports whether all of those to join through are on this machine.
func onlyLoopback(entry []netip.AddrPort) bool {
	return len(entry) > 0 && !slices.ContainsFunc(entry, func(a netip.AddrPort) bool { return !a.Addr().IsLoopback() })
}

// bind makes a node at listen, which is not none.
func bind(listen addresses, cfg dht.Config) (*udp.Host, error) {
	where := udp.Config{Listen: listen.v4, Listen6: listen.v6, Node: cfg}
	if !listen.v4.IsValid() {
		where.Listen, where.Listen6 = listen.v6, netip.AddrPort{}
	}
	node, err := udp.Listen(where)
	var refused *udp.ListenError
	switch {
	case errors.Is(err, syscall.EADDRINUSE) && errors.As(err, &refused):
		return nil, noNetwork("%v is in use by another program; stop that one, or choose another with --listen", refused.Addr)
	case err != nil:
		return nil, noNetwork("%v; choose another address with --listen", err)
	}
	return node, nil
}

// bound returns where a node listens.
func bound(node *udp.Host) []netip.AddrPort {
	addrs := []netip.AddrPort{node.Addr()}
	if six := node.Addr6(); six.IsValid() {
		addrs = append(addrs, six)
	}
	return addrs
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
