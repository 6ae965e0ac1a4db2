package sim

import (
	"math/rand/v2"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// station is one address of the network and the node at that address. It is the node's wire and its
// random source.
type station struct {
	shard    *shard
	node     *dht.Node // nil once it has left for good
	source   rand.PCG
	id       krpc.ID
	sent     uint32   // how many datagrams it has sent
	since    dht.Time // when it came online or left
	number   uint32
	alarm    uint32 // wakes the node; its number in the queue
	place    int32  // in World.online; -1: offline, or not a member
	online   bool
	away     bool // offline, but to come back
	settled  bool // it takes no part in churn
	behavior Behavior
	lent     bool // the caller has the node: after leaving, it lives on until its queries have ended
}

// Uint64 is the node's own randomness: it depends on the seed and the node's number only.
func (s *station) Uint64() uint64 { return s.source.Uint64() }

// Send puts a datagram on its way.
func (s *station) Send(to netip.AddrPort, packet []byte) {
	switch {
	case !s.online || s.shard.world.closed:
	case s.behavior < Silent:
		s.shard.send(s, to, packet, 0)
	default:
		s.disguise(to, packet)
	}
}

// start makes the node. Its address must be in cfg; id and randomness derive from the seed unless
// cfg has an id.
func (s *station) start(w *World, number uint32, cfg dht.Config) error {
	if w.closed {
		return ErrClosed
	}
	s.shard, s.number, s.place = w.home(number), number, -1
	s.source = *rand.NewPCG(mix(w.cfg.Seed^saltNode, uint64(number)), mix(w.cfg.Seed, uint64(number)))
	if cfg.ID.IsZero() {
		cfg.ID = krpc.RandomID(&s.source)
	}
	cfg.Scratch = &s.shard.scratch
	node, err := dht.New(cfg, s, s)
	if err != nil {
		return err
	}
	s.node, s.id, s.since, s.online = node, cfg.ID, w.now, true
	s.alarm = s.shard.newAlarm(alarm{kind: wakeNode, station: s})
	return nil
}

// rearm sets the alarm to the time that the node asks for, no earlier than earliest. A node that
// left is woken only while it waits for answers.
func (s *station) rearm(earliest dht.Time) {
	if s.node == nil || s.shard.world.closed {
		return
	}
	if !s.online && !s.busy() {
		if s.away {
			s.shard.queue.clear(s.alarm)
			return
		}
		s.shard.freeAlarm(s.alarm)
		s.node = nil
		return
	}
	if at, ok := s.node.Next(); ok {
		s.shard.set(s.alarm, max(s.when(at), earliest))
	} else {
		s.shard.queue.clear(s.alarm)
	}
}

// busy reports whether the node will call its caller back.
func (s *station) busy() bool {
	if !s.lent {
		return false
	}
	stats := s.node.Stats()
	return stats.Pending > 0 || stats.Searches > 0
}

// leave takes the node off the network, without a message.
func (s *station) leave() {
	s.online, s.since = false, s.shard.now
	s.rearm(s.shard.now)
}

// time is that of the node's own clock.
func (s *station) time() dht.Time {
	if s.shard.world.clocks == nil {
		return s.shard.now
	}
	return s.shard.world.clocks.read(s.number, s.shard.now)
}

// when is the time at which the node's own clock shows shown.
func (s *station) when(shown dht.Time) dht.Time {
	if s.shard.world.clocks == nil {
		return shown
	}
	return s.shard.world.clocks.when(s.number, shown)
}
