package sim

import "slices"

// builder makes the first members of a world, for a warm or a cold start.
type builder struct{ *World }

// reserve makes room for n members.
func (b builder) reserve(n int) {
	b.online = slices.Grow(b.online, n)
	b.byID.fresh = slices.Grow(b.byID.fresh, n)
	for _, sh := range b.shards[1:] {
		each := (n>>shardBlockBits/(len(b.shards)-1) + 1) << shardBlockBits
		sh.alarms = slices.Grow(sh.alarms, each)
		sh.queue.alarms.events = slices.Grow(sh.queue.alarms.events, each)
		sh.queue.alarms.at = slices.Grow(sh.queue.alarms.at, each)
	}
}

// member makes one more member, online or away as the stationary state of churn has it.
func (b builder) member() (*station, error) {
	s, err := b.enlist(newcomer{behavior: b.behaviors.of(uint32(b.members))})
	if err != nil {
		return nil, err
	}
	if b.churn != nil {
		s.since = b.now.Add(-b.churn.enter(b.World, s))
	}
	b.traffic.employ(s)
	return s, nil
}

// progress reports that done of total members are made.
func (b builder) progress(done, total int) {
	if b.cfg.Progress != nil {
		b.cfg.Progress(done, total)
	}
}
