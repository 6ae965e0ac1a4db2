package dht

import (
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// How many hosts must agree on our address before the id changes: mldht wants more than 20.
const (
	maxVotes = 32
	quorum   = 21
)

// ballot holds our address as the last hosts that answered us saw it (BEP 42): one vote for each IP
// address, or IPv6 /64, of the node's first network.
type ballot struct {
	votes []vote // the oldest first
	moved bool   // the id was changed already, or must stay
}

type vote struct {
	voter netip.Addr
	seen  netip.AddrPort
}

// vote notes our address as an answer reports it.
func (n *Node) vote(now Time, from netip.AddrPort, m *krpc.Message) {
	if n.optional == nil || n.optional.ballot == nil {
		return
	}
	b := n.optional.ballot
	seen, ok := m.ExternalAddr()
	if !ok || seen.Addr().Is4() != from.Addr().Is4() || seen.Addr().Is4() != n.home.is4() {
		return
	}
	b.cast(vote{n.hostOf(from).Addr(), seen})
	if !b.moved {
		n.adoptSecureID(now, b)
	}
}

// cast replaces the vote of the same host, or the oldest.
func (b *ballot) cast(v vote) {
	for i := range b.votes {
		if b.votes[i].voter == v.voter {
			b.votes = append(b.votes[:i], b.votes[i+1:]...)
			break
		}
	}
	if len(b.votes) == maxVotes {
		b.votes = append(b.votes[:0], b.votes[1:]...)
	}
	b.votes = append(b.votes, v)
}

// winner returns the address with most votes, and their number; of two with as many, the one that
// was named first.
func (b *ballot) winner(same func(a, b netip.AddrPort) bool) (addr netip.AddrPort, count int) {
	for i := range b.votes {
		n := 0
		for j := range b.votes {
			if same(b.votes[i].seen, b.votes[j].seen) {
				n++
			}
		}
		if n > count {
			addr, count = b.votes[i].seen, n
		}
	}
	return addr, count
}

func sameIP(a, b netip.AddrPort) bool { return a.Addr() == b.Addr() }

func sameAddr(a, b netip.AddrPort) bool { return a == b }

// ExternalAddr returns our own address in the node's first network as most of the last hosts that
// answered us saw it, at most 32; false while none has reported it. Behind a NAT that gives each
// connection its own port, the port is any of these.
func (n *Node) ExternalAddr() (netip.AddrPort, bool) {
	if n.optional == nil || n.optional.ballot == nil || len(n.optional.ballot.votes) == 0 {
		return netip.AddrPort{}, false
	}
	b := n.optional.ballot
	ip, _ := b.winner(sameIP)
	whole, _ := b.winner(sameAddr)
	if whole.Addr() == ip.Addr() {
		return whole, true
	}
	return ip, true
}

// adoptSecureID changes the id, once, if it does not suit the address that a quorum of the last
// hosts saw (BEP 42).
func (n *Node) adoptSecureID(now Time, b *ballot) {
	if len(b.votes) < quorum {
		return
	}
	addr, count := b.winner(sameIP)
	if count < quorum || krpc.IsSecure(n.cfg.ID, addr.Addr()) {
		return
	}
	b.moved = true
	old := n.cfg.ID
	n.cfg.ID = krpc.SecureID(addr.Addr(), n.src)
	n.optional.items.SetOwn(n.cfg.ID)
	for _, w := range n.networks() {
		w.table.Move(now, n.cfg.ID)
		if w.upkeep.rejoin != 0 {
			n.enter(now, w, JoinConfig{}, func(Time, *Result) {})
		}
	}
	if renamed := n.hooks().Renamed; renamed != nil {
		renamed(now, old, n.cfg.ID)
	}
}
