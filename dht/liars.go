package dht

import (
	"net/netip"
	"slices"
	"time"
)

// liars are nodes that named contacts that did not exist, over several searches. A search does not
// trust them again until a contact that they name has answered. The zero value is empty.
type liars struct {
	list []liar
}

type liar struct {
	addr  netip.AddrPort
	since Time
}

// Limits of liars. An attacker with many addresses can make us forget some; each costs a search two
// queries until it is known again.
const (
	maxLiars  = 256
	liarsTime = time.Hour
)

// holds reports whether an address is that of a liar.
func (l *liars) holds(now Time, addr netip.AddrPort) bool {
	i := l.find(addr)
	return i >= 0 && now.Sub(l.list[i].since) < liarsTime
}

func (l *liars) find(addr netip.AddrPort) int {
	return slices.IndexFunc(l.list, func(x liar) bool { return x.addr == addr })
}

// add notes a liar; the oldest is forgotten if there are too many.
func (l *liars) add(now Time, addr netip.AddrPort) {
	l.remove(addr)
	if len(l.list) == maxLiars {
		l.list = slices.Delete(l.list, 0, 1)
	}
	l.list = append(l.list, liar{addr, now})
}

func (l *liars) remove(addr netip.AddrPort) {
	if i := l.find(addr); i >= 0 {
		l.list = slices.Delete(l.list, i, i+1)
	}
}
