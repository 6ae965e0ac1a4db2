package sim

import (
	"bytes"
	"math/bits"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// disguise sends a datagram as a member of the station's behavior would.
func (s *station) disguise(to netip.AddrPort, packet []byte) {
	w, late := s.shard.world, dht.Time(0)
	if krpc.IsAnswer(packet) {
		switch s.behavior {
		case Silent:
			return
		case Slow:
			late = dht.Time(w.behaviors.delay.draw(s))
		case WrongID:
			packet = s.rename(packet)
		case Liar, Follower, Crowd:
			packet = s.forge(to, packet)
		}
	}
	s.shard.send(s, to, packet, late)
}

// rename writes an answer again, under a random id. The result is valid until the next call of
// rename or forge.
func (s *station) rename(packet []byte) []byte {
	f := &s.shard.forger
	f.packet = append(f.packet[:0], packet...)
	if i := bytes.Index(f.packet, s.id[:]); i >= 0 {
		wrong := krpc.RandomID(s)
		copy(f.packet[i:], wrong[:])
	}
	return f.packet
}

// forge writes an answer again, with false contacts if it has any. The result is valid until the
// next call.
func (s *station) forge(to netip.AddrPort, packet []byte) []byte {
	f := &s.shard.forger
	m := &f.message
	if m.Parse(packet) != nil || m.Kind != krpc.KindResponse || m.Has&(krpc.HasNodes|krpc.HasNodes6) == 0 {
		return packet
	}
	r := krpc.Response{Tx: m.Tx, ID: m.ID, IP: to, Token: m.Token, Version: string(m.Version)}
	if s.behavior != Liar {
		r.ID = s.alias(0)
	}
	if m.Has&krpc.HasNodes != 0 {
		f.nodes = s.name(m, f.nodes[:0], false)
		r.Lists, r.Nodes = r.Lists|krpc.Want4, f.nodes
	}
	if m.Has&krpc.HasNodes6 != 0 {
		f.nodes6 = s.name(m, f.nodes6[:0], true)
		r.Lists, r.Nodes6 = r.Lists|krpc.Want6, f.nodes6
	}
	f.packet = r.Append(f.packet[:0])
	return f.packet
}

// name appends the contacts that a member names over IPv4 or IPv6, where its node answered m.
func (s *station) name(m *krpc.Message, nodes []krpc.Contact, six bool) []krpc.Contact {
	w := s.shard.world
	if s.behavior == Follower {
		m.EachNode(func(c krpc.Contact) {
			if c.Addr.Addr().Is6() == six {
				nodes = append(nodes, c)
			}
		})
		return nodes
	}
	for i := range w.cfg.k() {
		if s.behavior == Crowd {
			nodes = append(nodes, krpc.Contact{ID: s.alias(i), Addr: w.addrOf(s.number, six)})
			continue
		}
		id := krpc.RandomID(s).WithPrefix(s.shard.forger.target, w.nearest())
		nodes = append(nodes, krpc.Contact{ID: id, Addr: w.addrOf(ghosts+uint32(s.Uint64()>>40), six)})
	}
	return nodes
}

// alias returns the i-th of the ids that a member claims to have when it is asked for the target:
// always the same.
func (s *station) alias(i int) krpc.ID {
	w := s.shard.world
	target := s.shard.forger.target
	src := newStream(mix(w.cfg.Seed^saltAlias, key(target)), s.number, uint32(i))
	return krpc.RandomID(&src).WithPrefix(target, w.nearest())
}

// nearest is how many bits an id has to share with a target to be nearer to it than, most probably,
// that of any member.
func (d *directory) nearest() int { return bits.Len(uint(d.members)) + 4 }
