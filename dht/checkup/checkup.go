package checkup

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Config says what to examine, and with what.
type Config struct {
	// Way leads into the network; if it names nobody to join through, only this machine is
	// examined. An address to listen at that is left open is chosen in the family that there is a
	// way into; of two, one is examined after the other.
	Way entry.Way
	// ID is the id of the node that is made; zero: one at random.
	ID krpc.ID
	// Wait is how long to watch who comes, and what grows.
	Wait time.Duration

	Lookup entry.Lookup
	// Route returns the address of this machine that datagrams to another one carry; see
	// [entry.Route].
	Route func(from netip.Addr, to netip.AddrPort) (netip.Addr, error)
	// Now is the clock that tells the date.
	Now func() time.Time
	// Report is called with each finding, but not once the context has ended.
	Report func(Finding)
	// Watching is called when the watching begins, with the address of the node. It may be nil.
	Watching func(node netip.AddrPort)
}

// Verdict is what a step came to.
type Verdict string

// The verdicts.
const (
	OK      Verdict = "ok"
	Failed  Verdict = "failed"
	Unknown Verdict = "unknown" // it could not be found out
)

// Finding is what one step found.
type Finding struct {
	Verdict Verdict
	Step    string // "bind", "loopback", "network", "resolve", "route", "ping", "lookup", "address", "NAT", "table" or "clock"
	Text    string // the measurement, and what to do about it: one line
}

// String is a line of a report, in columns.
func (f Finding) String() string { return fmt.Sprintf("%-8s %-9s %s", f.Verdict, f.Step, f.Text) }

// Run examines the way into a network. It reports whether a lookup works in at least one of the
// families.
func Run(ctx context.Context, cfg Config) (works bool) {
	listen := cfg.Way.Listen
	if listen.None() {
		listen = nearest(&cfg.Way, cfg.Route)
	}
	report := cfg.Report
	cfg.Report = func(f Finding) {
		if ctx.Err() == nil {
			report(f)
		}
	}
	clocks := startClocks(cfg.Now)
	for _, addr := range listen.All() {
		x := &examination{
			Config: cfg, listen: addr, join: reachable(listen, addr, cfg.Way.Hosts()),
			node: dht.Config{
				ID: cfg.ID, KeepID: !cfg.ID.IsZero(), Public: cfg.Way.Public,
				Reach: cfg.Way.Reach(entry.AddressesOf(addr), nil),
			},
		}
		works = x.run(ctx) || works
	}
	cfg.Report(clocks.compare())
	return works
}

// unowned are addresses of documentation (RFC 5737, RFC 3849), that of IPv4 under true:
// no machine has them, and the route to them is the route to the public internet.
var unowned = map[bool]netip.AddrPort{
	true:  netip.MustParseAddrPort("192.0.2.1:6881"),
	false: netip.MustParseAddrPort("[2001:db8::1]:6881"),
}

// nearest is where to listen if the way leaves it open: in the family of the addresses to
// join through, and if these are names, in the one that this machine has a route into.
func nearest(way *entry.Way, route func(from netip.Addr, to netip.AddrPort) (netip.Addr, error)) entry.Addresses {
	var through []netip.AddrPort
	for _, name := range way.Hosts() {
		if to, err := netip.ParseAddrPort(name); err == nil {
			through = append(through, to)
		}
	}
	if len(through) == 0 {
		_, no4 := route(netip.IPv4Unspecified(), unowned[true])
		_, no6 := route(netip.IPv6Unspecified(), unowned[false])
		if no4 != nil && no6 == nil {
			through = append(through, unowned[false])
		}
	}
	return way.Home(through)
}

// reachable leaves those names out that are addresses which only the other one of
// two to listen on can reach.
func reachable(listen entry.Addresses, addr netip.AddrPort, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		to, err := netip.ParseAddrPort(name)
		return err == nil && listen.Reach(to) && !entry.AddressesOf(addr).Reach(to)
	})
}

// roughly rounds a duration to what a person reads.
func roughly(d time.Duration) time.Duration {
	switch a := d.Abs(); {
	case a >= 10*time.Second:
		return d.Round(time.Second)
	case a >= time.Second:
		return d.Round(100 * time.Millisecond)
	case a >= 10*time.Millisecond:
		return d.Round(time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}
