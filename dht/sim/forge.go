package sim

import (
	"bytes"
	"math/bits"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// disguise sends what a member of some behaviour says.
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

// forger is what members work with who tell what is not so.
type forger struct {
	target  krpc.ID // of the last query to somebody who cares
	message krpc.Message
	nodes   []krpc.Contact
	nodes6  []krpc.Contact
	packet  []byte
}

// overhears reports whether what members of a behaviour say depends on what they
// are asked for.
func (b Behavior) overhears() bool { return b == Liar || b == Follower || b == Crowd }

// overhear notes what such a member is asked for, before its node is. The node
// answers at once, unless a script holds the answer back; it may then be to another.
func (f *forger) overhear(packet []byte) {
	f.target = krpc.ID{}
	if f.message.Parse(packet) != nil || f.message.Kind != krpc.KindQuery {
		return
	}
	f.target = f.message.Target
	if f.message.Has&krpc.HasInfoHash != 0 {
		f.target = f.message.InfoHash
	}
}

// rename writes an answer anew, under an id that is made up. The result lives until
// the next call of this or forge.
func (s *station) rename(packet []byte) []byte {
	f := &s.shard.forger
	f.packet = append(f.packet[:0], packet...)
	if i := bytes.Index(f.packet, s.id[:]); i >= 0 {
		wrong := krpc.RandomID(s)
		copy(f.packet[i:], wrong[:])
	}
	return f.packet
}

// forge writes an answer anew, if there is anything in it to lie about. The result
// lives until the next call.
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

// name appends whom a member names over IPv4 or IPv6, where its node answered m.
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

// alias returns an id, one of many, that a member pretends to have when it is asked
// for the target: always the same.
func (s *station) alias(i int) krpc.ID {
	w := s.shard.world
	target := s.shard.forger.target
	src := newStream(mix(w.cfg.Seed^saltAlias, key(target)), s.number, uint32(i))
	return krpc.RandomID(&src).WithPrefix(target, w.nearest())
}

// nearest is how many bits an id has to share with a target to be nearer to it than,
// most probably, anyone's.
func (d *directory) nearest() int { return bits.Len(uint(d.members)) + 4 }
