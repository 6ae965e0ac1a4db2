package sim

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
)

// ErrHostClosed is returned by [Host.Wait] if the node was closed.
var ErrHostClosed = errors.New("sim: the node was closed")

// ErrIdle is returned by [Host.Wait] if nothing will ever happen again.
var ErrIdle = errors.New("sim: nothing will ever happen again, and what was waited for has not")

// Host lends a simulated node to a caller: one of the population, or one the
// caller opened.
type Host struct {
	station *station
	node    *dht.Node
	close   func()
	closed  bool
}

// opened is a node that a script opened.
type opened struct {
	station
	addr, addr6 netip.AddrPort // the latter is not valid in an IPv4 network
}

// Host returns a handle to the member of that index; false if there is none or
// it is offline. The member stays one: closing the handle does nothing. The handle
// stays good when the member comes and goes.
func (w *World) Host(i int) (*Host, bool) {
	m, ok := w.Member(i)
	if !ok || !m.Online {
		return nil, false
	}
	s := w.member(uint32(i))
	s.lent = true
	return &Host{station: s, node: s.node, close: func() {}}, true
}

// Open makes a node that is not a member of the population: it is not counted,
// not removed, not behind NAT, and knows nobody until it is told to join. A zero
// cfg.Addr means the next free simulated address, and so does a zero cfg.Addr6 if
// there is an IPv6 network (Config.V6); an address in use is an error. Everything
// else in cfg is the caller's choice.
func (w *World) Open(cfg dht.Config) (*Host, error) {
	if len(w.opened) >= maxOpened {
		return nil, fmt.Errorf("sim: no more than %d nodes can be opened in one world", maxOpened)
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
	w.opened = append(w.opened, o)
	w.name(o)
	h := &Host{station: &o.station, node: o.node}
	h.close = func() { h.closed = true; w.shut(o) }
	return h, nil
}

// locate fills in the addresses of the node of that number, or checks those that
// were chosen.
func (w *World) locate(number uint32, cfg *dht.Config) error {
	if !cfg.Addr.IsValid() {
		cfg.Addr = w.crowding.at(number, false)
	} else if err := w.free(cfg.Addr, false); err != nil {
		return err
	}
	if cfg.Addr6.IsValid() {
		return w.free(cfg.Addr6, true)
	}
	if w.dual(number) {
		cfg.Addr6 = w.crowding.at(number, true)
	}
	return nil
}

// name notes those addresses of o that do not follow from its number.
func (w *World) name(o *opened) {
	for _, addr := range [...]netip.AddrPort{o.addr, o.addr6} {
		if number, ok := w.numberOf(addr); addr.IsValid() && !(ok && number == o.number) {
			if w.named == nil {
				w.named = make(map[netip.AddrPort]uint32)
			}
			w.named[addr] = o.number
		}
	}
}

// free returns an error if nobody can be opened at addr: it has to be the address
// neither of a node nor of any that the world may yet make.
func (w *World) free(addr netip.AddrPort, six bool) error {
	switch {
	case six && w.six == 0:
		return fmt.Errorf("sim: the simulated network is IPv4 only, as the share v6 of its members is 0; got %v", addr)
	case six && (!addr.Addr().Is6() || addr.Addr().Is4In6() || addr.Addr().Zone() != "" || addr.Port() == 0):
		return fmt.Errorf("sim: an IPv6 address is like [2001:db8::1]:6881, got %v", addr)
	case !six && (!addr.Addr().Is4() || addr.Port() == 0):
		return fmt.Errorf("sim: each simulated node has an IPv4 address, which is like 192.0.2.1:6881, got %v", addr)
	}
	taken := fmt.Errorf("sim: address %v is in use", addr)
	if _, ok := w.named[addr]; ok {
		return taken
	}
	if number, ok := w.numberOf(addr); ok { // one that was opened and closed is free again
		if s := w.station(number); number < maxMembers || s == nil || s.online {
			return taken
		}
	}
	return nil
}

// shut takes an opened node off the network and frees its address.
func (w *World) shut(o *opened) {
	if o.online {
		o.leave()
		for _, addr := range [...]netip.AddrPort{o.addr, o.addr6} {
			if w.named[addr] == o.number {
				delete(w.named, addr)
			}
		}
	}
}

// Do calls f with the node, at once and on the caller's goroutine; now is what
// the node's own clock shows, see [Skew]. What f
// sends is on its way when Do returns; callbacks of what it starts come from
// [World.Step]. A node that was closed or has left still answers for itself,
// but what it sends goes nowhere, so its questions run out of time.
func (h *Host) Do(f func(now dht.Time, n *dht.Node)) {
	s, before := h.station, h.node.Stats()
	f(s.time(), h.node)
	if s.lane.world.closed {
		return
	}
	if s.node == nil { // it has left, and was asked something nevertheless
		s.node = h.node
		s.alarm = s.lane.newAlarm(alarm{what: wakes, station: s})
	}
	if h.calls(before) {
		s.lane.world.take(s)
	}
	s.lane.world.active = s.lane.now
	s.rearm(s.lane.now)
}

// calls reports whether the node may call functions of the caller's, as the caller set it to
// work, or looks on; before is what it was like when the caller came.
func (h *Host) calls(before dht.Stats) bool {
	after := h.node.Stats()
	next, some := h.node.Next()
	return h.node.Hooked() || after.Searches != before.Searches || after.QueriesOut != before.QueriesOut ||
		some && next <= h.station.time()
}

// Addr returns the node's IPv4 address.
func (h *Host) Addr() netip.AddrPort { return h.node.Addr() }

// Addr6 returns the node's IPv6 address; it is not valid if there is none.
func (h *Host) Addr6() netip.AddrPort { return h.node.Addr6() }

// Close takes a node that was opened off the network, without a word to anyone.
// It does nothing to a member, and nothing when called again.
func (h *Host) Close() error {
	h.close()
	return nil
}

// Wait lets time pass until done is closed. It returns ctx's error if that ends
// first, [ErrHostClosed] if the node was opened and is closed, and [ErrIdle] if
// nothing will ever happen again.
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
		if !h.station.lane.world.Step() {
			return ErrIdle
		}
	}
}
