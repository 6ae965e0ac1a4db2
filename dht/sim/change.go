package sim

import (
	"math/bits"
	"net/netip"

	"github.com/lightdht/lightdht/dht/krpc"
)

// SetBehavior changes the behavior of the member of an index, from now on. A member is read-only
// from the beginning or never, since a node is.
func (w *World) SetBehavior(i int, b Behavior) error {
	if i < 0 || i >= w.members {
		return problem("there is no member %d", i)
	}
	s := w.member(uint32(i))
	switch {
	case b > lastBehavior:
		return problem("there is no behavior of number %d", b)
	case b != s.behavior && (b == ReadOnly || s.behavior == ReadOnly):
		return problem("member %d cannot change from %v to %v: a node is read-only from the beginning or never", i, s.behavior, b)
	}
	s.behavior = b
	w.disturb()
	return nil
}

// AddAs lets n new members join now, as Add does, all of one behavior.
func (w *World) AddAs(n int, b Behavior) ([]Member, error) {
	if b > lastBehavior {
		return nil, problem("there is no behavior of number %d", b)
	}
	return w.add(n, func(uint32) newcomer { return newcomer{behavior: b} })
}

// AddSybils lets n new members join now whose ids are nearer to target than that of any member
// there has been. They take no part in churn and background traffic.
func (w *World) AddSybils(target krpc.ID, n int, b Behavior) ([]Member, error) {
	if b > lastBehavior {
		return nil, problem("there is no behavior of number %d", b)
	}
	shared := w.byID.longestPrefix(target) + 1
	if n > 0 && shared+bits.Len(uint(n))+8 > 8*len(target) {
		return nil, problem("there is no room for %d ids nearer to %v than all others", n, target)
	}
	return w.add(n, func(number uint32) newcomer {
		src := newStream(w.cfg.Seed^saltSybil, number, 0)
		return newcomer{id: krpc.RandomID(&src).WithPrefix(target, shared), behavior: b, settled: true}
	})
}

// Churn returns the settings in force, defaults filled in; the zero value if there is no churn.
func (w *World) Churn() Churn {
	if w.churn == nil {
		return Churn{}
	}
	return w.churn.Churn
}

// SetChurn lets members come and go by another law from now on, or, with the zero value, no longer:
// those that are away then stay away. The network is put into the stationary state of the law at
// once, so some members leave now and some come back. Members that were told to leave do not come
// back.
func (w *World) SetChurn(c Churn) error {
	if err := c.validate(); err != nil {
		return err
	}
	if w.churn != nil {
		for number := range w.churn.timers {
			w.front().unschedule(&w.churn.timers[number])
		}
	}
	w.settings++
	w.disturb()
	w.churn = newChurn(c, w.cfg.Seed, w.settings)
	if w.churn != nil {
		for number := range uint32(w.members) {
			w.churn.enter(w, w.member(number))
		}
	}
	return nil
}

// Traffic returns the settings in force, defaults filled in; the zero value if there is no traffic.
func (w *World) Traffic() Traffic {
	if w.traffic == nil {
		return Traffic{}
	}
	return w.traffic.Traffic
}

// SetTraffic changes the background load from now on.
func (w *World) SetTraffic(t Traffic) error {
	if err := t.validate(); err != nil {
		return err
	}
	if w.traffic != nil {
		for number := range w.traffic.timers {
			w.shardOf(uint32(number)).unschedule(&w.traffic.timers[number])
		}
	}
	w.settings++
	w.disturb()
	w.traffic = newTraffic(t, w.cfg.Seed, w.settings)
	if w.traffic != nil {
		for number := range uint32(w.members) {
			w.traffic.employ(w.member(number))
		}
	}
	return nil
}

// Skew returns the settings in force.
func (w *World) Skew() Skew {
	if w.clocks == nil {
		return Skew{}
	}
	return w.clocks.Skew
}

// SetSkew sets the clocks of all members: from now on they are off by their offsets, and drift from
// there.
func (w *World) SetSkew(s Skew) error {
	if err := s.validate(); err != nil {
		return err
	}
	w.clocks = newClocks(s, w.cfg.Seed, w.now)
	w.disturb()
	for _, number := range w.online {
		w.member(number).rearm(w.now)
	}
	return nil
}

// Link returns the settings in force, defaults filled in.
func (w *World) Link() Link { return w.link.Link }

// SetLink changes how the network treats datagrams from now on. Those under way are not affected.
func (w *World) SetLink(l Link) error {
	if err := l.validate(); err != nil {
		return err
	}
	w.link = newLink(l, w.cfg.Seed)
	w.busyUntil.grow(w.link.limited, w.members)
	w.disturb()
	return nil
}

// Partition cuts a share of the members off the others, 0 to 1: from now on no datagram is
// delivered from one side to the other, except those under way. Which members are cut off follows
// from the seed and the member's number; a larger share only adds some. Nodes opened by the caller
// stay with the others. Share 0 is [World.Heal].
func (w *World) Partition(share float64) error {
	if err := probability("partition", share); err != nil {
		return err
	}
	w.split = nil
	w.disturb()
	if share > 0 {
		w.split = &split{seed: w.cfg.Seed ^ saltSplit, share: threshold(share)}
	}
	return nil
}

// PartitionOff cuts the nodes at some addresses off all others, as Partition does. Each must be the
// address of a member or of a node that was opened.
func (w *World) PartitionOff(addrs []netip.AddrPort) error {
	apart := make(map[uint32]bool, len(addrs))
	for _, addr := range addrs {
		number, ok := w.lookup(addr)
		if !ok {
			return problem("partition: there is no node at %v", addr)
		}
		apart[number] = true
	}
	w.split = &split{apart: apart}
	w.disturb()
	return nil
}

// Heal ends a partition. Nodes find the other side again by themselves.
func (w *World) Heal() {
	w.split = nil
	w.disturb()
}

// CutOff reports whether the node at an address is cut off by a partition.
func (w *World) CutOff(addr netip.AddrPort) bool {
	number, ok := w.lookup(addr)
	return ok && w.split != nil && w.split.cutOff(number)
}
