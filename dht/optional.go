package dht

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
)

// optionalState is state that few nodes of a large simulated world have.
type optionalState struct {
	far     *network                // the IPv6 network, of a node that is a member of both
	pacer   *pacer                  // nil: queries leave at once
	ballot  *ballot                 // nil: our address does not matter
	sampled map[netip.AddrPort]Time // no query for samples before (BEP 51)
	sweep   Time                    // when sampled may be swept again, if it is full
	raws    int                     // how many pending queries are raw
	reach   *Reach                  // nil: everywhere
	denied  uint64                  // queries that were not sent, as their address is out of reach

	liars     liars
	newcomers limiter // of a flat table: of new ids by host
	full      bool    // the host was told that a table is full

	items   *store.Items  // held for others (BEP 44)
	samples store.Samples // the answer to sample_infohashes
	kept    []*kept       // items and announces to republish, in the order of their next turn
}

// newOptionalState returns the optional state for a configuration; nil if it needs nothing.
func newOptionalState(cfg *Config) *optionalState {
	if !cfg.Addr6.IsValid() && cfg.Pace == nil && cfg.QueryRate <= 0 && !cfg.Public && cfg.Table != FlatTable && cfg.Reach == nil &&
		cfg.Items == (store.ItemsConfig{}) && cfg.SampleInterval == 0 {
		return nil
	}
	x := &optionalState{items: newItems(cfg.Items, cfg.ID), samples: store.Samples{Interval: cfg.SampleInterval}, reach: cfg.Reach}
	if cfg.Addr6.IsValid() {
		x.far = &network{addr: cfg.Addr6, table: build(cfg).home.table}
	}
	switch {
	case cfg.Pace != nil:
		x.pacer = &pacer{pace: cfg.Pace}
	case cfg.QueryRate > 0 || cfg.Public:
		x.pacer = &pacer{pace: NewPace(cfg.QueryRate, cfg.Public, nil)}
	}
	if cfg.Table == FlatTable {
		x.newcomers = limiter{each: newcomerEvery, burst: newcomerBurst, sweep: limiterFirst}
	}
	if cfg.Public || cfg.Table == FlatTable {
		x.ballot = &ballot{moved: cfg.KeepID || !cfg.Public}
	}
	return x
}

func newItems(cfg store.ItemsConfig, own krpc.ID) *store.Items {
	cfg.Own = own
	return store.NewItems(cfg)
}

// Items returns the BEP 44 items that the node holds for others. They belong to the
// node's goroutine.
func (n *Node) Items() *store.Items { return n.more().items }

// next returns when tidy has work.
func (x *optionalState) next() (Time, bool) {
	if x == nil {
		return 0, false
	}
	next, ok := x.items.Next()
	if len(x.kept) > 0 && (!ok || x.kept[0].due < next) {
		next, ok = x.kept[0].due, true
	}
	if t, some := x.pacer.next(); some && (!ok || t < next) {
		next, ok = t, true
	}
	return next, ok
}

// tidy expires items, and republishes.
func (n *Node) tidy(now Time) {
	x := n.optional
	if x == nil {
		return
	}
	if full := n.hooks().TableFull; full != nil && !x.full && n.turnedAway() > 0 {
		x.full = true
		full(now, n.Table().Len())
	}
	if t, ok := x.items.Next(); ok && t <= now {
		x.items.Expire(now)
	}
	n.renew(now)
}

// Bounds of the memory of sampled nodes.
const (
	maxSampled  = 1 << 20 // addresses (chosen by us)
	sweepEvery  = time.Minute
	maxInterval = 21600 // seconds (BEP 51)
)
