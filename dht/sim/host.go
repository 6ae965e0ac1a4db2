package sim

import (
	"context"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
)

// ErrHostClosed is returned by [Host.Wait] if the node was closed.
var ErrHostClosed = problem("the node was closed")

// ErrIdle is returned by [Host.Wait] if no event is left.
var ErrIdle = problem("nothing will ever happen again, and what was waited for has not")

// Host gives a caller access to a simulated node: a member, or one that the caller opened.
type Host struct {
	station *station
	node    *dht.Node
	close   func()
	closed  bool
}

// Host returns a handle to the member of that index; false if there is no such member or it is
// offline. The member stays a member: closing the handle does nothing. The handle stays valid when
// the member leaves and comes back.
func (w *World) Host(i int) (*Host, bool) {
	m, ok := w.Member(i)
	if !ok || !m.Online {
		return nil, false
	}
	s := w.member(uint32(i))
	s.lent = true
	return &Host{station: s, node: s.node, close: func() {}}, true
}

// Open makes a node that is not a member of the population: it is not counted, not removed, not
// behind NAT, and has no contacts until it is told to join. A zero cfg.Addr means the next free
// simulated address, and so does a zero cfg.Addr6 if there is an IPv6 network (Config.V6); an
// address in use is an error. All other fields of cfg are the caller's choice.
func (w *World) Open(cfg dht.Config) (*Host, error) {
	if len(w.opened) >= maxOpened {
		return nil, problem("no more than %d nodes can be opened in one world", maxOpened)
	}
	number := uint32(maxMembers + len(w.opened))
	if err := w.locate(number, &cfg); err != nil {
		return nil, err
	}
	o := &opened{addr: cfg.Addr, addr6: cfg.Addr6}
	if err := o.start(w, number, cfg); err != nil {
		return nil, err
	}
	o.lent = true
	w.directory.add(o)
	h := &Host{station: &o.station, node: o.node}
	h.close = func() { h.closed = true; w.shut(o) }
	return h, nil
}

// shut takes an opened node off the network and frees its address.
func (w *World) shut(o *opened) {
	if o.online {
		o.leave()
		w.forget(o)
	}
}

// Do calls f with the node, at once and on the caller's goroutine; now is the time of the node's
// own clock, see [Skew]. Datagrams that f sends are on their way when Do returns; callbacks of
// searches that it starts run within [World.Step]. A node that was closed or has left can still be
// used, but its datagrams are dropped, so its queries time out.
func (h *Host) Do(f func(now dht.Time, n *dht.Node)) {
	s, before := h.station, h.node.Stats()
	f(s.time(), h.node)
	if s.shard.world.closed {
		return
	}
	if s.node == nil { // it has left, and f may have used it nevertheless
		s.node = h.node
		s.alarm = s.shard.newAlarm(alarm{kind: wakeNode, station: s})
	}
	if h.calls(before) {
		s.shard.world.claim(s)
	}
	s.shard.world.active = s.shard.now
	s.rearm(s.shard.now)
}

// claim gives a member to the caller's shard: from now on its events may call functions of the
// caller's, which may do anything to any node.
func (w *World) claim(s *station) {
	was, front := s.shard, w.front()
	if was == front {
		return
	}
	s.shard = front
	w.claimed.add(s.number)
	s.alarm = was.moveAlarm(s.alarm, front)
	if w.traffic != nil {
		if t := w.traffic.timers.of(s.number); t.alarm != noAlarm {
			t.alarm = was.moveAlarm(t.alarm, front)
		}
	}
	for _, sh := range w.shards {
		w.strayUntil = max(w.strayUntil, sh.latest)
	}
}

// calls reports whether the node may call functions of the caller's: the caller gave it work, or
// set hooks. before is the node's state before the caller used it.
func (h *Host) calls(before dht.Stats) bool {
	after := h.node.Stats()
	next, some := h.node.Next()
	return h.node.Hooked() || after.Searches != before.Searches || after.QueriesOut != before.QueriesOut ||
		some && next <= h.station.time()
}

// Addr returns the node's IPv4 address.
func (h *Host) Addr() netip.AddrPort { return h.node.Addr() }

// Addr6 returns the node's IPv6 address; it is not valid if it has none.
func (h *Host) Addr6() netip.AddrPort { return h.node.Addr6() }

// Close takes a node that was opened off the network, without a message. It does nothing to a
// member, and nothing when called again.
func (h *Host) Close() error {
	h.close()
	return nil
}

// Wait lets time pass until done is closed. It returns ctx's error if that ends first,
// [ErrHostClosed] if the node was opened and is closed, and [ErrIdle] if no event is left.
func (h *Host) Wait(ctx context.Context, done <-chan struct{}) error {
	for {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		if h.closed {
			return ErrHostClosed
		}
		if !h.station.shard.world.Step() {
			return ErrIdle
		}
	}
}
