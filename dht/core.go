package dht

import (
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
	"github.com/lightdht/lightdht/dht/table"
)

// core is the state that all parts of a node use: where datagrams leave, the configuration, the
// networks, and the counters.
type core struct {
	// In the order of use: in a world of a million nodes, hardly any of this is in the processor's
	// cache when a datagram arrives.
	wire      Wire
	src       Source
	home      network
	later     []func(Time) // what Advance must call first of all
	hookState *hookState   // nil while there are no hooks
	stats     Counters
	cfg       settings
	optional  *optionalState // nil: the node has none of it
}

// far returns the IPv6 network of a node that is a member of both; else nil.
func (n *core) far() *network {
	if n.optional == nil {
		return nil
	}
	return n.optional.far
}

// networkOf returns the network of an address; nil if the node is not a member of it.
func (n *core) networkOf(ip netip.Addr) *network {
	if ip.Is4() == n.home.is4() {
		return &n.home
	}
	return n.far()
}

// tableOf returns the table for an address, which must be sane. A contact that is new to it comes
// after all contacts of the other table.
func (n *core) tableOf(addr netip.AddrPort) register {
	if n.far() == nil {
		return n.home.table
	}
	return tableAt(&n.home, n.far(), addr)
}

// networks lists the networks that the node is a member of.
func (n *core) networks() []*network {
	if n.far() == nil {
		return []*network{&n.home}
	}
	return []*network{&n.home, n.far()}
}

// pacer returns the queue of paced queries; nil if queries leave at once.
func (n *core) pacer() *pacer {
	if n.optional == nil {
		return nil
	}
	return n.optional.pacer
}

// more returns the optional state, which a node gets when it first needs it.
func (n *core) more() *optionalState {
	if n.optional == nil {
		n.optional = &optionalState{items: newItems(store.ItemsConfig{}, n.cfg.ID)}
	}
	return n.optional
}

// reach is the reach of the node; nil: everywhere.
func (n *core) reach() *Reach {
	if n.optional == nil {
		return nil
	}
	return n.optional.reach
}

// deny counts a query that is not sent because its address is out of reach.
func (n *core) deny(err error) error {
	n.optional.denied++
	return err
}

func (n *core) hooks() Hooks {
	if n.hookState == nil {
		return Hooks{}
	}
	return n.hookState.hooks
}

// announceFresh tells the hook of a node that is new to its table.
func (n *core) announceFresh(now Time, fresh bool, c krpc.Contact) {
	if !fresh {
		return
	}
	heard := n.hooks().Heard
	if heard == nil {
		return
	}
	if e, ok := n.tableOf(c.Addr).Get(now, c.ID); ok {
		heard(now, e)
	}
}

// send hands one datagram, written into the scratch buffer, to the wire.
func (n *core) send(to netip.AddrPort, packet []byte) {
	n.cfg.Scratch.packet = packet[:0]
	n.stats.PacketsOut++
	n.stats.BytesOut += uint64(len(packet))
	n.wire.Send(to, packet)
}

// soon runs f at the next Advance, which Next will ask for at once.
func (n *core) soon(f func(Time)) { n.later = append(n.later, f) }

// sane reports whether an address can be that of another node of this network.
func (n *core) sane(addr netip.AddrPort) bool {
	ip := addr.Addr()
	switch {
	case addr.Port() == 0 || n.networkOf(ip) == nil || ip.Is4In6() || ip.IsUnspecified():
		return false
	case n.reach().Granted(addr): // an explicit grant overrules
		return true
	case ip.IsMulticast():
		return false
	}
	if ip.Is4() && ip.As4()[0] >= 224 || ip.Zone() != "" && n.cfg.Public {
		return false
	}
	return !n.cfg.Public || krpc.ClassOf(ip) == krpc.Public
}

// usable reports whether a contact is worth remembering.
func (n *core) usable(c *krpc.Contact) bool {
	return n.sane(c.Addr) && n.reach().Allows(c.Addr) && !c.ID.Is(&n.cfg.ID) && !c.ID.IsZero() && !n.isSelf(c.Addr) &&
		!(n.cfg.Public && slices.Contains(n.cfg.Bootstrap, c.Addr))
}

// isSelf reports whether an address is the node's own.
func (n *core) isSelf(addr netip.AddrPort) bool {
	return addr == n.home.addr || n.far() != nil && addr == n.far().addr
}

// unreachable returns why an address cannot be asked: it is out of reach, or its answers would be
// dropped.
func (n *core) unreachable(to netip.AddrPort) error {
	if n.networkOf(to.Addr()) == nil || to.Addr().IsUnspecified() {
		return ErrAddr
	}
	if err := n.reach().Check(to); err != nil {
		return n.deny(err)
	}
	if !n.sane(to) {
		return ErrAddr
	}
	return nil
}

// hostOf returns the host that counts as one sender: on the public DHT an IPv4 address or an IPv6
// /64, which is what one customer gets; elsewhere an address with its port.
func (n *core) hostOf(from netip.AddrPort) netip.AddrPort {
	if !n.cfg.Public {
		return from
	}
	ip := from.Addr()
	if ip.Is6() {
		half, _ := ip.Prefix(64)
		ip = half.Addr()
	}
	return netip.AddrPortFrom(ip, 0)
}

// turnedAway is how often a flat table was too full for a newcomer.
func (n *core) turnedAway() (count int) {
	for _, w := range [...]*network{&n.home, n.far()} {
		if w == nil {
			continue
		}
		if flat, ok := w.table.(*table.Flat); ok {
			count += int(flat.Refused())
		}
	}
	return count
}

// sampledUntil is when a node may be asked for samples again (BEP 51).
func (n *core) sampledUntil(addr netip.AddrPort) Time {
	if n.optional == nil {
		return 0
	}
	return n.optional.sampled[addr]
}

// noteInterval remembers when a node may be sampled again.
func (n *core) noteInterval(now Time, from netip.AddrPort, m *krpc.Message) {
	if m.Has&krpc.HasInterval == 0 || m.Interval == 0 {
		return
	}
	x := n.more()
	if len(x.sampled) >= maxSampled && now >= x.sweep {
		x.sweep = now.Add(sweepEvery)        // so that not every answer looks at a million
		for addr, until := range x.sampled { // any order: all that are past go
			if until <= now {
				delete(x.sampled, addr)
			}
		}
	}
	if len(x.sampled) >= maxSampled {
		return
	}
	if x.sampled == nil {
		x.sampled = make(map[netip.AddrPort]Time)
	}
	x.sampled[from] = now.Add(time.Duration(min(m.Interval, maxInterval)) * time.Second)
}

// distrusts reports whether contacts named by the node at an address should not be believed.
func (n *core) distrusts(now Time, addr netip.AddrPort) bool {
	return n.optional != nil && n.optional.liars.holds(now, addr)
}

// buckets returns the table of the first network, or nil if it is of the other kind.
func (n *core) buckets() *table.Buckets {
	b, _ := n.home.table.(*table.Buckets)
	return b
}

// Hooks are functions of the host that watch the node, or answer for it. Each may be nil; all are
// called on the goroutine that owns the node and must not block.
type Hooks struct {
	// Query is called for each well-formed query before it is answered. It returns false for the
	// built-in answer; true keeps the query, to be ended, at once or later, by one of q's methods.
	Query func(now Time, q *Incoming) (keep bool)
	// Answered is called for each answer that is sent. m and answer are valid during the call.
	Answered func(now Time, from netip.AddrPort, m *krpc.Message, answer []byte)
	// Asked is called for each query that is sent.
	Asked func(now Time, to netip.AddrPort)
	// Heard is called for each node that was not in the table before.
	Heard func(now Time, e table.Entry)
	// Renamed is called when the node changes its id, to one that suits its address (BEP 42): at
	// most once, and only on the public DHT.
	Renamed func(now Time, old, new krpc.ID)
	// TableFull is called once, when a flat table is full and refuses newcomers.
	TableFull func(now Time, nodes int)
	// Announce is called for each announce that was stored.
	Announce func(now Time, infoHash krpc.ID, from netip.AddrPort, port uint16)
}

// hookState is the hooks and the queries that are held; a node has it only if there are hooks or
// challenges.
type hookState struct {
	hooks Hooks
	held  []*Incoming // in the order of their deadlines

	proving int // how many of them wait for a challenge
}

// next returns the deadline of the first held query; false if there is no such query.
func (g *hookState) next() (Time, bool) {
	if g == nil || len(g.held) == 0 {
		return 0, false
	}
	return g.held[0].deadline, true
}
