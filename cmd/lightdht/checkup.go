package main

import (
	"context"
	crand "crypto/rand"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/metrics"
	"github.com/lightdht/lightdht/dht/udp"
)

// Limits of an examination; ours.
const (
	pingTimeout   = 3 * time.Second
	hastyResolve  = time.Second // for names, when there is no route to anywhere
	maxPinged     = 32          // addresses to join through
	betweenWalks  = time.Second // while it is watched who comes
	enoughReplied = 8           // nodes near a point, as BEP 5 wants them
)

// nowhere are addresses of documentation (RFC 5737, RFC 3849): nobody has them,
// and the way there is the way to the public internet.
var nowhere = map[bool]netip.AddrPort{
	true:  netip.MustParseAddrPort("192.0.2.1:6881"),
	false: netip.MustParseAddrPort("[2001:db8::1]:6881"),
}

// checkup goes the way into a network and writes down what it meets.
type checkup struct {
	findings
	cfg    dht.Config
	listen netip.AddrPort
	join   []string // names of those to join through
	lookUp resolver
	wait   time.Duration
	route  func(from netip.Addr, to netip.AddrPort) (netip.Addr, error)
	tell   func(text string) // progress, for people only

	own     *udp.Host
	source  netip.Addr // the machine's own address on the way there
	witness witness
}

// run reports whether a lookup works.
func (c *checkup) run(ctx context.Context) bool {
	var err error
	if c.own, err = bind(addressesOf(c.listen), c.cfg); err != nil {
		c.failed("bind", "%v", err)
		return false
	}
	defer c.own.Close()
	c.ok("bind", "%v", c.own.Addr())
	if len(c.join) == 0 {
		c.loopback(ctx)
		c.unknown("network", "no network was named; --live is the public DHT, --join HOST:PORT another one")
		return false
	}
	entry := c.routes(c.resolve(ctx))
	if len(entry) == 0 {
		return false
	}
	c.witness.attach(c.own)
	entry = c.ping(ctx, entry)
	if len(entry) == 0 || !c.lookup(ctx, entry) {
		return false
	}
	c.watch(ctx)
	return true
}

// is4 says which of the two networks is examined.
func (c *checkup) is4() bool { return c.listen.Addr().Is4() }

// loopback sends a ping from one own node to another.
func (c *checkup) loopback(ctx context.Context) {
	home := netip.AddrPortFrom(netip.IPv6Loopback(), 0)
	if c.is4() {
		home = netip.MustParseAddrPort("127.0.0.1:0")
	}
	var pair [2]*udp.Host
	for i := range pair {
		node, err := bind(addressesOf(home), dht.Config{})
		if err != nil {
			c.failed("loopback", "%v", err)
			return
		}
		defer node.Close()
		pair[i] = node
	}
	reply, err := ping(ctx, client.New(pair[0]), pair[1].Addr())
	if err != nil {
		c.failed("loopback", "%v; UDP does not get through even within this machine: look at its firewall or sandbox", err)
		return
	}
	c.ok("loopback", "one node to another and back in %v", roughly(reply.RTT))
}

// resolve finds the addresses behind all names, at once.
func (c *checkup) resolve(ctx context.Context) []netip.AddrPort {
	_, offline := c.route(c.listen.Addr(), nowhere[c.is4()])
	if offline != nil { // a resolver on this machine may still know names of this machine
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, hastyResolve)
		defer cancel()
	}
	found, errs := c.lookUp.resolve(ctx, addressesOf(c.listen).network(), c.join)
	var unknown []string
	for i, err := range errs {
		switch {
		case err == nil:
		case offline != nil:
			unknown = append(unknown, strconv.Quote(c.join[i]))
		default:
			c.failed("resolve", "%v", err)
		}
	}
	if len(unknown) > 0 {
		c.failed("resolve", "%s: this machine has no network: there is no route to anywhere; connect it first", strings.Join(unknown, ", "))
	}
	addrs := slices.Concat(found...)
	if c.cfg.Public {
		if i := slices.IndexFunc(addrs, func(a netip.AddrPort) bool { return !public(a) }); i >= 0 {
			c.failed("resolve", "%v is no public address; a network of your own is examined with --join", addrs[i])
			addrs = slices.DeleteFunc(addrs, func(a netip.AddrPort) bool { return !public(a) })
		}
	}
	if len(addrs) > 0 {
		c.ok("resolve", "%s", list(addrs))
	}
	return addrs[:min(len(addrs), maxPinged)]
}

// routes keeps those addresses that there is a way to.
func (c *checkup) routes(addrs []netip.AddrPort) (reachable []netip.AddrPort) {
	var unreachable []netip.AddrPort
	var reason error
	for _, to := range addrs {
		source, err := c.route(c.listen.Addr(), to)
		if err != nil {
			unreachable, reason = append(unreachable, to), err
			continue
		}
		reachable, c.source = append(reachable, to), source
	}
	switch {
	case len(unreachable) > 0 && !c.listen.Addr().IsUnspecified():
		c.failed("route", "from %v there is no way to %s (%v); choose another address with --listen, or none", c.listen.Addr(), list(unreachable), reason)
	case len(unreachable) > 0:
		c.failed("route", "this machine has no way to %s (%v); is it connected?", list(unreachable), reason)
	}
	if len(reachable) > 0 {
		c.ok("route", "from %v", c.source)
	}
	return reachable
}

// route returns the address of this machine that datagrams to another carry as
// their sender. None is sent.
func route(from netip.Addr, to netip.AddrPort) (netip.Addr, error) {
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

// ping asks all addresses at once and returns those that answer.
func (c *checkup) ping(ctx context.Context, addrs []netip.AddrPort) (answered []netip.AddrPort) {
	replies, asker := make([]dht.Reply, len(addrs)), client.New(c.own)
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
		c.witness.hear(r)
	}
	if len(answered) == 0 {
		c.failed("ping", "nobody answers at %s within %v; is the node there running, and is UDP let through?", list(addrs), pingTimeout)
		return nil
	}
	c.ok("ping", "%d of %s answered, the first after %v", len(answered), many(len(addrs), "address", "addresses"), roughly(best))
	return answered
}

func ping(ctx context.Context, c *client.Client, to netip.AddrPort) (dht.Reply, error) {
	return c.Query(ctx, krpc.Contact{Addr: to}, dht.Call{Method: "ping", Timeout: pingTimeout})
}

// lookup looks for our own id, as joining does.
func (c *checkup) lookup(ctx context.Context, entry []netip.AddrPort) bool {
	var id krpc.ID
	c.own.Do(func(_ dht.Time, n *dht.Node) { id = n.ID() })
	r, err := c.find(ctx, id, entry)
	if r == nil || err != nil {
		c.failed("lookup", "%v; they answer a ping but no question: another network, or a filter that reads datagrams", err)
		return false
	}
	small := ""
	if len(r.Closest) < enoughReplied {
		small = "; a small network, or one that lets few of us through"
	}
	c.ok("lookup", "%s near our own id, after %s, %d of them answered, in %v%s", many(len(r.Closest), "node", "nodes"),
		many(r.Trace.Queries, "query", "queries"), r.Trace.Replies, roughly(r.Trace.Duration), small)
	return true
}

// find walks to target; start may be nil.
func (c *checkup) find(ctx context.Context, target krpc.ID, start []netip.AddrPort) (*dht.Result, error) {
	return client.New(c.own).FindNode(ctx, target, dht.SearchConfig{
		Start:   start,
		OnReply: func(_ dht.Time, r dht.Reply) { c.witness.hear(r) },
	})
}

// watch sees for a while who comes and what grows. It walks about meanwhile:
// whoever is met may pass our address on.
func (c *checkup) watch(ctx context.Context) {
	before, began := metrics.Of(c.own).Known, time.Now()
	c.tell("watching for " + c.wait.String() + " ...")
	watching, cancel := context.WithTimeout(ctx, c.wait)
	defer cancel()
	next := time.NewTicker(betweenWalks)
	defer next.Stop()
	for watching.Err() == nil {
		var target krpc.ID
		crand.Read(target[:])
		c.find(watching, target, nil) // what it finds is in the table
		select {
		case <-next.C:
		case <-watching.Done():
		}
	}
	seen := c.witness.testimony(c.own)
	c.address(seen)
	c.visitors(seen, time.Since(began))
	c.growth(before, metrics.Of(c.own).Known, time.Since(began))
}

// address says how others see this machine.
func (c *checkup) address(t testimony) {
	here := netip.AddrPortFrom(c.source, c.own.Addr().Port())
	switch {
	case t.said == 0:
		c.unknown("address", "none of the nodes that answered says how it sees us (BEP 42); ask others with --join")
	case !t.ip.IsValid():
		c.unknown("address", "the %d nodes that say how they see us do not agree; try again later, or another --join", t.said)
	case !t.addr.IsValid():
		c.failed("address", "%v, but each node sees another port: a NAT that keeps others out; forward UDP port %d to this machine", t.ip, here.Port())
	case t.addr == here:
		c.ok("address", "%v, as %d of %d nodes see it: its own, no NAT between", t.addr, t.agreed, t.said)
	default:
		c.ok("address", "%v, as %d of %d nodes see it; behind a NAT, where it is %v", t.addr, t.agreed, t.said, here)
	}
}

// visitors says whether strangers get through.
func (c *checkup) visitors(t testimony, elapsed time.Duration) {
	switch {
	case t.visitors > 0:
		c.ok("NAT", "%s, never asked, got through to us within %v", many(t.visitors, "node", "nodes"), roughly(elapsed))
	case c.source.IsLoopback():
		c.unknown("NAT", "nobody came unasked within %v; on the loopback interface nothing keeps them out", roughly(elapsed))
	default:
		c.unknown("NAT", "nobody came unasked within %v; watch longer with --wait 1m, and if it stays so let UDP port %d through the firewall and forward it on the router",
			roughly(elapsed), c.own.Addr().Port())
	}
}

// growth says whether the table grows.
func (c *checkup) growth(before, after int, elapsed time.Duration) {
	switch {
	case after > before:
		c.ok("table", "%s known, %d of them new within %v", many(after, "node", "nodes"), after-before, roughly(elapsed))
	case after > 0:
		c.unknown("table", "%s known, none new within %v: a small network, or too short a while; see --wait", many(after, "node", "nodes"), roughly(elapsed))
	default:
		c.failed("table", "no node is known after %v: those who answer name nobody", roughly(elapsed))
	}
}
