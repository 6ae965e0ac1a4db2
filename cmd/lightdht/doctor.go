package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
)

// Limits of the clock's examination; ours.
const (
	clockJump = 100 * time.Millisecond // more than NTP corrects while nobody notices
	clockDays = "2006-01-02 15:04:05 MST"
)

// clockEarliest is before this program existed.
var clockEarliest = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

type doctorOptions struct {
	realFlags
	wait time.Duration
}

func doctorCommand() *command {
	return &command{
		name: "doctor", short: "find out why a network cannot be seen",
		help: "It goes step by step: bind a socket, resolve the names, find a route, ping the nodes\n" +
			"to join through, look up itself, learn from replies how others see this machine,\n" +
			"wait whether somebody it never asked gets through (NAT, firewall), see whether the\n" +
			"table grows, compare the clocks. Each step is a line: ok, failed or unknown, what was\n" +
			"measured, and what to do. The exit code is 0 only if a lookup works, else 6. Without\n" +
			"--live and --join it examines what needs no network; two addresses of --listen, one\n" +
			"after the other.\n\n" +
			"  lightdht doctor --live\n" +
			"  lightdht doctor --join 127.0.0.1:6881\n" +
			"  lightdht doctor --join HOST:PORT --listen 0.0.0.0:6881 --wait 1m",
		flags: func(flags *pflag.FlagSet) any {
			o := &doctorOptions{}
			o.realFlags.register(flags)
			flags.DurationVar(&o.wait, "wait", 5*time.Second, "how long to watch who comes and what grows")
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			o := options.(*doctorOptions)
			if len(args) > 0 {
				return h.misused("doctor takes no arguments, got %q; addresses to join through follow --join or --bootstrap", args[0])
			}
			return h.doctor(ctx, o)
		},
	}
}

// doctor examines the way into a network.
func (h *host) doctor(ctx context.Context, o *doctorOptions) int {
	id, listen, err := o.own()
	if err != nil {
		return h.report(err)
	}
	if o.wait < 0 {
		return h.misused("--wait must not be negative, got %v", o.wait)
	}
	if listen.none() {
		listen = o.nearest(route)
	}
	watch, works := newStopwatch(h.now), false
	out := findings{h.out, ctx.Err}
	for _, addr := range listen.all() {
		c := &checkup{
			findings: out, cfg: dht.Config{ID: id, KeepID: o.id != "", Public: o.live, Reach: o.reach(addressesOf(addr), nil)}, listen: addr, join: reachable(listen, addr, o.hosts()),
			lookUp: h.lookup, wait: o.wait, route: route,
			tell: func(text string) { h.say(!h.terminal, "%s", text) },
		}
		works = c.run(ctx) || works
	}
	if ctx.Err() != nil {
		h.complain("interrupted")
		return exitInterrupted
	}
	out.clock(watch)
	switch {
	case works:
		fmt.Fprintln(h.out, "A lookup works from here.")
		return exitDone
	case len(o.hosts()) == 0:
		fmt.Fprintln(h.out, "Without a network no lookup works. Simulated ones do: lightdht run -e 'print(#dht.table)'")
	default:
		fmt.Fprintln(h.out, "A lookup would not work. The first line that failed says where to begin.")
	}
	return exitNoNetwork
}

// nearest is where to listen if the flags do not say it: in the family of the addresses
// to join through, and if these are names, in the one that this machine has a way into.
func (o *doctorOptions) nearest(route func(from netip.Addr, to netip.AddrPort) (netip.Addr, error)) addresses {
	var entry []netip.AddrPort
	for _, name := range o.hosts() {
		if to, err := netip.ParseAddrPort(name); err == nil {
			entry = append(entry, to)
		}
	}
	if len(entry) == 0 {
		_, no4 := route(netip.IPv4Unspecified(), nowhere[true])
		_, no6 := route(netip.IPv6Unspecified(), nowhere[false])
		if no4 != nil && no6 == nil {
			entry = append(entry, nowhere[false])
		}
	}
	return o.home(entry)
}

// reachable leaves those names out that are addresses which only the other one of
// two to listen on can reach.
func reachable(listen addresses, addr netip.AddrPort, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		to, err := netip.ParseAddrPort(name)
		return err == nil && listen.reach(to) && !addressesOf(addr).reach(to)
	})
}

// findings are the lines of an examination.
type findings struct {
	out  io.Writer
	over func() error // not nil: cut short, and what is found then means nothing
}

func (f findings) ok(step, format string, args ...any)      { f.line("ok", step, format, args) }
func (f findings) failed(step, format string, args ...any)  { f.line("failed", step, format, args) }
func (f findings) unknown(step, format string, args ...any) { f.line("unknown", step, format, args) }

func (f findings) line(verdict, step, format string, args []any) {
	if f.over() != nil {
		return
	}
	fmt.Fprintf(f.out, "%-8s %-9s %s\n", verdict, step, fmt.Sprintf(format, args...))
}

// stopwatch holds the machine's two clocks against each other: the one that
// tells the date, which people and NTP set, and the one that only goes forward.
type stopwatch struct {
	now    func() time.Time
	date   time.Time // without the monotonic reading
	steady time.Time // with it
}

func newStopwatch(now func() time.Time) stopwatch {
	return stopwatch{now, now().Round(0), time.Now()}
}

// clock says what it found of them since.
func (f findings) clock(w stopwatch) {
	date, elapsed := w.now().Round(0), time.Since(w.steady)
	jump := date.Sub(w.date) - elapsed
	switch {
	case date.Before(clockEarliest) || date.Year() >= 2100:
		f.failed("clock", "%s cannot be; set the clock, or have it set by NTP: what is recorded would be misdated", date.UTC().Format(clockDays))
	case jump.Abs() > clockJump:
		f.failed("clock", "jumped by %v within %v; somebody is setting it, and what is recorded meanwhile is misdated", roughly(jump), roughly(elapsed))
	default:
		f.ok("clock", "%s, and %v away from the steady clock after %v", date.UTC().Format(clockDays), roughly(jump.Abs()), roughly(elapsed))
	}
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

// many writes a number with its noun.
func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
