package sim

import "math/rand/v2"

// New makes a world. It returns when the network is ready for use: for a cold
// start, when every member has joined.
func New(cfg Config) (*World, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	w := &World{cfg: cfg, link: newLink(cfg.Link, cfg.Seed)}
	w.now = start
	w.draws = rand.NewPCG(mix(cfg.Seed, saltWorld), mix(cfg.Seed^saltWorld, 0))
	w.directory = directory{seed: cfg.Seed, six: threshold(cfg.V6), crowding: cfg.crowding()}
	w.makeShards(w, cfg.shards())
	w.behaviors = newBehaviors(cfg.Mix, cfg.Seed)
	w.churn = newChurn(cfg.Churn, cfg.Seed, 0)
	w.traffic = newTraffic(cfg.Traffic, cfg.Seed, 0)
	w.clocks = newClocks(cfg.Skew, cfg.Seed, w.now)
	if err := (builder{w}).build(); err != nil {
		return nil, err
	}
	w.epoch, w.active = w.now, w.now
	w.front().stats.Joins, w.front().stats.Leaves = 0, 0
	err := w.Partition(cfg.Partition)
	if w.calm() && !cfg.Cold && cfg.Dead == 0 {
		w.disturbed = w.now.Add(-settleTime)
	}
	return w, err
}

// build makes them as the configuration says.
func (b builder) build() error {
	if b.cfg.Cold {
		return b.cold()
	}
	return b.warm()
}
