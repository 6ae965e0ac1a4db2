package sim

import (
	"fmt"
	"sort"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
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
		return fmt.Errorf("sim: traffic: every must be %v to %v, got %v", minLaw, maxLaw, t.Every)
	case t.Torrents < 0 || t.Torrents > maxTorrents:
		return fmt.Errorf("sim: traffic: torrents must be 1 to %d, got %d", maxTorrents, t.Torrents)
	case !(t.Exponent >= 0 && t.Exponent <= 5): // refuses NaN too
		return fmt.Errorf("sim: traffic: exponent must be above 0 and at most 5, got %v", t.Exponent)
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

// Torrent returns the info-hash of a torrent of the background traffic, by its
// place in the order of popularity, counted from 0.
func (w *World) Torrent(i int) krpc.ID {
	src := newStream(w.cfg.Seed^saltTorrent, uint32(i), 0)
	return krpc.RandomID(&src)
}

// employ makes a member a client, if it is to be one. It does nothing to nil traffic.
func (t *traffic) employ(s *station) {
	if t == nil || !s.online && !s.away || s.settled || mix(t.seed, uint64(s.number))>>11 >= t.clients {
		return
	}
	src := newStream(t.draws, s.number, 0)
	s.shard.pause(s, &src)
}

// pause sets when a client searches next.
func (sh *shard) pause(s *station, src krpc.Source) {
	t := sh.world.traffic
	law := Law{Dist: Exponential, Mean: t.Every}
	sh.schedule(s, t.timers.of(s.number), beginSearch, law.draw(src))
}

// search lets a client search once, if it is online.
func (sh *shard) search(s *station) {
	t := sh.world.traffic
	next := t.timers.of(s.number)
	next.turn++
	src := newStream(t.draws, s.number, next.turn)
	if s.online {
		hash := sh.world.Torrent(t.choose(src.Uint64()))
		sh.stats.Searches++
		cfg, done := dht.SearchConfig{}, func(dht.Time, *dht.Result) {}
		if src.Uint64()>>11 < t.lookups {
			s.node.GetPeers(s.time(), hash, cfg, done)
		} else {
			s.node.AnnouncePeer(s.time(), hash, port, cfg, done)
		}
		s.rearm(sh.now)
	}
	sh.pause(s, &src)
}
