package sim

import (
	"sort"
	"time"
)

// Traffic is the background load of a network: members look for the peers of torrents, and announce
// themselves. The zero value: no traffic.
type Traffic struct {
	// Every is the mean time between two searches of one client, a Poisson process. 0: there are no
	// searches. Clients of BitTorrent announce each of their torrents every 15 minutes or so.
	Every time.Duration
	// Clients is the share of members that search, 0 to 1. Which members do follows from the seed
	// and the member's number. Default 1.
	Clients float64
	// Torrents is how many torrents there are to choose from. Default DefaultTorrents.
	Torrents int
	// Exponent of Zipf's law, above 0 to 5: torrent number i, counted from 1, is chosen
	// in proportion to i to the power of -Exponent. Default 1.
	Exponent float64
	// Lookups is the share of searches that only look, 0 to 1. The others announce as well, as
	// clients do for torrents that they download or seed.
	Lookups float64
}

// DefaultTorrents is so small that popular torrents have many peers in a network of hundreds
// (chosen by us).
const DefaultTorrents = 1000

const maxTorrents = 1_000_000

func (t Traffic) withDefaults() Traffic {
	if t.Every == 0 {
		return Traffic{}
	}
	if t.Clients == 0 {
		t.Clients = 1
	}
	if t.Torrents == 0 {
		t.Torrents = DefaultTorrents
	}
	if t.Exponent == 0 {
		t.Exponent = 1
	}
	return t
}

func (t Traffic) validate() error {
	if err := probability("traffic: clients", t.Clients); err != nil {
		return err
	}
	if err := probability("traffic: lookups", t.Lookups); err != nil {
		return err
	}
	switch {
	case t.Every != 0 && (t.Every < minLaw || t.Every > maxLaw):
		return problem("traffic: every must be %v to %v, got %v", minLaw, maxLaw, t.Every)
	case t.Torrents < 0 || t.Torrents > maxTorrents:
		return problem("traffic: torrents must be 1 to %d, got %d", maxTorrents, t.Torrents)
	case !(t.Exponent >= 0 && t.Exponent <= 5): // refuses NaN too
		return problem("traffic: exponent must be above 0 and at most 5, got %v", t.Exponent)
	}
	return nil
}

// traffic is a Traffic ready for use.
type traffic struct {
	Traffic
	seed    uint64   // of the choice of clients
	draws   uint64   // of everything else: different for each setting
	clients uint64   // a draw of 53 bits below it is a client
	lookups uint64   // a draw of 53 bits below it is a search that only looks
	upTo    []uint64 // a draw of 53 bits below it is for this torrent or one before it
	timers  timers
}

// newTraffic returns nil if there is no traffic.
func newTraffic(t Traffic, seed, setting uint64) *traffic {
	if t.Every == 0 {
		return nil
	}
	t = t.withDefaults()
	return &traffic{
		Traffic: t, seed: seed ^ saltTraffic, draws: mix(seed^saltTraffic, setting),
		clients: threshold(t.Clients), lookups: threshold(t.Lookups), upTo: zipf(t.Torrents, t.Exponent),
	}
}

// zipf lists the probabilities that the first, one of the first two, ... of n is chosen, as
// thresholds.
func zipf(n int, exponent float64) []uint64 {
	sums := make([]float64, n)
	sum := 0.0
	for i := range sums {
		sum = float64(sum + exp(-float64(exponent*log(float64(i+1)))))
		sums[i] = sum
	}
	upTo := make([]uint64, n)
	for i := range upTo {
		upTo[i] = threshold(float64(sums[i] / sum))
	}
	return upTo
}

// choose returns the torrent of a draw, counted from 0.
func (t *traffic) choose(draw uint64) int {
	return sort.Search(len(t.upTo)-1, func(i int) bool { return draw>>11 < t.upTo[i] })
}
