package checkup

import (
	"context"
	crand "crypto/rand"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// Limits of an examination, chosen by us but for the last.
const (
	pingTimeout    = 3 * time.Second
	offlineTimeout = time.Second // for names, when there is no route to anywhere
	maxPinged      = 32          // addresses to join through
	walkEvery      = time.Second // while it is watched who comes
	enoughReplied  = 8           // nodes near a point: k of BEP 5
)

// examination goes the way into a network in one family, and reports what it meets.
type examination struct {
	Config
	node   dht.Config
	listen netip.AddrPort
	join   []string // names to join through

	own      *udp.Host
	source   netip.Addr // the machine's own address on the way there
	observer observer
}

func (x *examination) ok(step, format string, args ...any)     { x.report(OK, step, format, args) }
func (x *examination) failed(step, format string, args ...any) { x.report(Failed, step, format, args) }
func (x *examination) unknown(step, format string, args ...any) {
	x.report(Unknown, step, format, args)
}

func (x *examination) report(verdict Verdict, step, format string, args []any) {
	x.Report(Finding{verdict, step, fmt.Sprintf(format, args...)})
}

// run reports whether a lookup works.
func (x *examination) run(ctx context.Context) bool {
	var err error
	if x.own, err = entry.AddressesOf(x.listen).Bind(x.node); err != nil {
		x.failed("bind", "%v", err)
		return false
	}
	defer x.own.Close()
	x.ok("bind", "%v", x.own.Addr())
	if len(x.join) == 0 {
		x.loopback(ctx)
		x.unknown("network", "no network was named; --live is the public DHT, --join HOST:PORT another one")
		return false
	}
	through := x.routes(x.resolve(ctx))
	if len(through) == 0 {
		return false
	}
	x.observer.attach(x.own)
	through = x.ping(ctx, through)
	if len(through) == 0 || !x.lookup(ctx, through) {
		return false
	}
	x.watch(ctx)
	return true
}

// is4 reports whether the network of IPv4 is examined.
func (x *examination) is4() bool { return x.listen.Addr().Is4() }

// loopback sends a ping from one node of this process to another.
func (x *examination) loopback(ctx context.Context) {
	home := netip.AddrPortFrom(netip.IPv6Loopback(), 0)
	if x.is4() {
		home = netip.MustParseAddrPort("127.0.0.1:0")
	}
	var pair [2]*udp.Host
	for i := range pair {
		node, err := entry.AddressesOf(home).Bind(dht.Config{})
		if err != nil {
			x.failed("loopback", "%v", err)
			return
		}
		defer node.Close()
		pair[i] = node
	}
	reply, err := ping(ctx, client.New(pair[0]), pair[1].Addr())
	if err != nil {
		x.failed("loopback", "%v; UDP does not get through even within this machine: look at its firewall or sandbox", err)
		return
	}
	x.ok("loopback", "one node to another and back in %v", roughly(reply.RTT))
}

// resolve finds the addresses behind all names, at once.
func (x *examination) resolve(ctx context.Context) []netip.AddrPort {
	_, offline := x.Route(x.listen.Addr(), unowned[x.is4()])
	if offline != nil { // a resolver on this machine may still know names of this machine
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, offlineTimeout)
		defer cancel()
	}
	found, errs := x.Lookup.Resolve(ctx, entry.AddressesOf(x.listen).Network(), x.join)
	var unknown []string
	for i, err := range errs {
		switch {
		case err == nil:
		case offline != nil:
			unknown = append(unknown, strconv.Quote(x.join[i]))
		default:
			x.failed("resolve", "%v", err)
		}
	}
	if len(unknown) > 0 {
		x.failed("resolve", "%s: this machine has no network: there is no route to anywhere; connect it first", strings.Join(unknown, ", "))
	}
	addrs := slices.Concat(found...)
	if x.Way.Public {
		if i := slices.IndexFunc(addrs, func(a netip.AddrPort) bool { return !public(a) }); i >= 0 {
			x.failed("resolve", "%v is no public address; a network of your own is examined with --join", addrs[i])
			addrs = slices.DeleteFunc(addrs, func(a netip.AddrPort) bool { return !public(a) })
		}
	}
	if len(addrs) > 0 {
		x.ok("resolve", "%s", entry.List(addrs))
	}
	return addrs[:min(len(addrs), maxPinged)]
}

// public reports whether an address can belong to a node of the public DHT.
func public(a netip.AddrPort) bool { return krpc.ClassOf(a.Addr()) == krpc.Public }

// routes keeps those addresses that there is a route to.
func (x *examination) routes(addrs []netip.AddrPort) (reachable []netip.AddrPort) {
	var unreachable []netip.AddrPort
	var reason error
	for _, to := range addrs {
		source, err := x.Route(x.listen.Addr(), to)
		if err != nil {
			unreachable, reason = append(unreachable, to), err
			continue
		}
		reachable, x.source = append(reachable, to), source
	}
	switch {
	case len(unreachable) > 0 && !x.listen.Addr().IsUnspecified():
		x.failed("route", "from %v there is no way to %s (%v); choose another address with --listen, or none", x.listen.Addr(), entry.List(unreachable), reason)
	case len(unreachable) > 0:
		x.failed("route", "this machine has no way to %s (%v); is it connected?", entry.List(unreachable), reason)
	}
	if len(reachable) > 0 {
		x.ok("route", "from %v", x.source)
	}
	return reachable
}

// ping asks all addresses at once and returns those that answer.
func (x *examination) ping(ctx context.Context, addrs []netip.AddrPort) (answered []netip.AddrPort) {
	replies, asker := make([]dht.Reply, len(addrs)), client.New(x.own)
	var all sync.WaitGroup
	for i, to := range addrs {
		all.Go(func() { replies[i], _ = ping(ctx, asker, to) })
	}
	all.Wait()
	best := pingTimeout
	for i, r := range replies {
		if r.Err != nil || r.Message == nil {
			continue
		}
		answered, best = append(answered, addrs[i]), min(best, r.RTT)
		x.observer.hear(r)
	}
	if len(answered) == 0 {
		x.failed("ping", "nobody answers at %s within %v; is the node there running, and is UDP let through?", entry.List(addrs), pingTimeout)
		return nil
	}
	x.ok("ping", "%d of %s answered, the first after %v", len(answered), entry.Count(len(addrs), "address", "addresses"), roughly(best))
	return answered
}

func ping(ctx context.Context, c *client.Client, to netip.AddrPort) (dht.Reply, error) {
	return c.Query(ctx, krpc.Contact{Addr: to}, dht.Call{Method: "ping", Timeout: pingTimeout})
}

// lookup looks for our own id, as joining does.
func (x *examination) lookup(ctx context.Context, through []netip.AddrPort) bool {
	var id krpc.ID
	x.own.Do(func(_ dht.Time, n *dht.Node) { id = n.ID() })
	r, err := x.find(ctx, id, through)
	if r == nil || err != nil {
		x.failed("lookup", "%v; they answer a ping but no question: another network, or a filter that reads datagrams", err)
		return false
	}
	small := ""
	if len(r.Closest) < enoughReplied {
		small = "; a small network, or one that lets few of us through"
	}
	x.ok("lookup", "%s near our own id, after %s, %d of them answered, in %v%s", entry.Count(len(r.Closest), "node", "nodes"),
		entry.Count(r.Trace.Queries, "query", "queries"), r.Trace.Replies, roughly(r.Trace.Duration), small)
	return true
}

// find looks up target, beginning with start if there is any.
func (x *examination) find(ctx context.Context, target krpc.ID, start []netip.AddrPort) (*dht.Result, error) {
	return client.New(x.own).FindNode(ctx, target, dht.SearchConfig{
		Start:   start,
		OnReply: func(_ dht.Time, r dht.Reply) { x.observer.hear(r) },
	})
}

// watch sees for a while who comes and what grows. Meanwhile it looks up random points:
// each node that it meets may pass our address on.
func (x *examination) watch(ctx context.Context) {
	before, began := known(x.own), time.Now()
	if x.Watching != nil {
		x.Watching(x.own.Addr())
	}
	watching, cancel := context.WithTimeout(ctx, x.Wait)
	defer cancel()
	next := time.NewTicker(walkEvery)
	defer next.Stop()
	for watching.Err() == nil {
		var target krpc.ID
		crand.Read(target[:])
		x.find(watching, target, nil) // the table takes the nodes that it meets
		select {
		case <-next.C:
		case <-watching.Done():
		}
	}
	seen := x.observer.sum(x.own)
	x.address(seen)
	x.visitors(seen, time.Since(began))
	x.growth(before, known(x.own), time.Since(began))
}

// known is how many nodes a node knows.
func known(own *udp.Host) (count int) {
	own.Do(func(_ dht.Time, n *dht.Node) { count = n.Stats().Known })
	return count
}

// address says how others see this machine.
func (x *examination) address(seen observation) {
	here := netip.AddrPortFrom(x.source, x.own.Addr().Port())
	switch {
	case seen.said == 0:
		x.unknown("address", "none of the nodes that answered says how it sees us (BEP 42); ask others with --join")
	case !seen.ip.IsValid():
		x.unknown("address", "the %d nodes that say how they see us do not agree; try again later, or another --join", seen.said)
	case !seen.addr.IsValid():
		x.failed("address", "%v, but each node sees another port: a NAT that keeps others out; forward UDP port %d to this machine", seen.ip, here.Port())
	case seen.addr == here:
		x.ok("address", "%v, as %d of %d nodes see it: its own, no NAT between", seen.addr, seen.agreed, seen.said)
	default:
		x.ok("address", "%v, as %d of %d nodes see it; behind a NAT, where it is %v", seen.addr, seen.agreed, seen.said, here)
	}
}

// visitors says whether strangers get through.
func (x *examination) visitors(seen observation, elapsed time.Duration) {
	switch {
	case seen.visitors > 0:
		x.ok("NAT", "%s, never asked, got through to us within %v", entry.Count(seen.visitors, "node", "nodes"), roughly(elapsed))
	case x.source.IsLoopback():
		x.unknown("NAT", "nobody came unasked within %v; on the loopback interface nothing keeps them out", roughly(elapsed))
	default:
		x.unknown("NAT", "nobody came unasked within %v; watch longer with --wait 1m, and if it stays so let UDP port %d through the firewall and forward it on the router",
			roughly(elapsed), x.own.Addr().Port())
	}
}

// growth says whether the table grows.
func (x *examination) growth(before, after int, elapsed time.Duration) {
	switch {
	case after > before:
		x.ok("table", "%s known, %d of them new within %v", entry.Count(after, "node", "nodes"), after-before, roughly(elapsed))
	case after > 0:
		x.unknown("table", "%s known, none new within %v: a small network, or too short a while; see --wait", entry.Count(after, "node", "nodes"), roughly(elapsed))
	default:
		x.failed("table", "no node is known after %v: those who answer name nobody", roughly(elapsed))
	}
}
