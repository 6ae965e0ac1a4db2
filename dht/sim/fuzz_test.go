package sim

import (
	"math"
	"testing"
	"time"
)

// FuzzConfig makes a configuration of any numbers. Either New says what is
// wrong with it, or 1,000 events of the world pass, all settings are set anew,
// and 1,000 more.
func FuzzConfig(f *testing.F) {
	// A share, a number, a duration and choices, which select the fields that get them.
	f.Add(uint64(1), 0.1, int64(100), int64(time.Minute), uint64(0))
	f.Add(uint64(2), 0.5, int64(1500), int64(time.Hour), ^uint64(0))
	f.Add(uint64(3), 0.02, int64(68), int64(time.Second), uint64(0x5555555555555555))
	f.Add(uint64(4), 0.15, int64(3), int64(10*time.Minute), uint64(0xaaaaaaaaaaaaaaaa))
	f.Add(uint64(5), -1.0, int64(-1), int64(-1), ^uint64(0))
	f.Add(uint64(6), math.NaN(), int64(math.MaxInt64), int64(math.MaxInt64), uint64(0x123456789abcdef))
	f.Fuzz(func(t *testing.T, seed uint64, share float64, number, ns int64, choice uint64) {
		cfg := strange(seed, share, int(number), time.Duration(ns), choice)
		w, err := New(cfg)
		if err != nil {
			return
		}
		run := func() {
			for range 1000 {
				w.Step()
			}
		}
		run()
		for _, err := range []error{
			w.SetLink(cfg.Link), w.SetChurn(cfg.Churn), w.SetSkew(cfg.Skew), w.SetTraffic(cfg.Traffic), w.Partition(cfg.Partition),
		} {
			if err != nil {
				t.Errorf("New took what is refused now: %v", err)
			}
		}
		w.Remove(3)
		if _, err := w.Add(3); err != nil {
			t.Error(err)
		}
		run()
		everyDatagram(t, w)
	})
}

// strange fills in a configuration, each field if the choice has its bit.
func strange(seed uint64, share float64, number int, d time.Duration, choice uint64) Config {
	cfg := Config{Nodes: 40, Seed: seed, Cold: seed%4 == 0}
	bit := 0
	chosen := func() bool { bit++; return choice>>(bit-1)&1 != 0 }
	for _, field := range []*float64{
		&cfg.Dead, &cfg.Partition, &cfg.Link.Loss, &cfg.Link.NAT, &cfg.Link.Latency.Sigma, &cfg.Churn.Core, &cfg.Skew.Drift,
		&cfg.Mix.ReadOnly, &cfg.Mix.Silent, &cfg.Mix.Slow, &cfg.Mix.Liars, &cfg.Mix.WrongID,
		&cfg.Churn.Session.Shape, &cfg.Churn.Downtime.Shape, &cfg.Traffic.Clients, &cfg.Traffic.Exponent, &cfg.Traffic.Lookups,
	} {
		if chosen() {
			*field = share
		}
	}
	for _, field := range []*int{&cfg.K, &cfg.Alpha, &cfg.Link.MTU, &cfg.Link.Inbound.Bytes, &cfg.Link.Inbound.Datagrams, &cfg.Traffic.Torrents} {
		if chosen() {
			*field = number
		}
	}
	for _, field := range []*time.Duration{
		&cfg.Link.Latency.Constant, &cfg.Link.Latency.Median, &cfg.Link.Inbound.Wait, &cfg.Churn.Session.Mean, &cfg.Churn.Session.Scale,
		&cfg.Churn.Downtime.Mean, &cfg.Churn.Downtime.Scale, &cfg.Skew.Offset, &cfg.Mix.Delay, &cfg.Traffic.Every,
	} {
		if chosen() {
			*field = d
		}
	}
	cfg.Link.Fragment = chosen()
	for _, field := range []*Dist{&cfg.Churn.Session.Dist, &cfg.Churn.Downtime.Dist} {
		if chosen() {
			*field = Dist(seed % 5)
		}
	}
	for _, field := range []*float64{&cfg.V6, &cfg.Mix.Followers, &cfg.Mix.Crowds} {
		if chosen() {
			*field = share
		}
	}
	return cfg
}

// FuzzConfig's configurations are mostly refused. These are not: six groups of settings are on or
// off, in all combinations.
func TestCombinations(t *testing.T) {
	notUnderRace(t)
	for set := range 1 << 6 {
		cfg := everything
		cfg.Nodes = 60
		for i, off := range []func(){
			func() { cfg.Link = Link{} }, func() { cfg.Churn = Churn{} }, func() { cfg.Skew = Skew{} },
			func() { cfg.Mix = Mix{} }, func() { cfg.Traffic = Traffic{} }, func() { cfg.Dead, cfg.Cold = 0, true },
		} {
			if set>>i&1 != 0 {
				off()
			}
		}
		w := world(t, cfg)
		for range 1000 {
			w.Step()
		}
		everyDatagram(t, w)
	}
}
