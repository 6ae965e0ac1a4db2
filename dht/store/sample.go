package store

import (
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Bounds of the answers to sample_infohashes.
const (
	MaxSamples        = 20            // libtorrent and mldht; beside 8 nodes, 34 would fit in 1024 bytes
	MaxSampleInterval = 6 * time.Hour // BEP 51: interval is 0 to 21600 seconds
)

// Samples is the answer to sample_infohashes (BEP 51): one draw from the info-hashes that have
// peers, the same for all until the interval is over, so that asking more often shows no more. The
// zero value is ready.
type Samples struct {
	// Interval is how long a draw stands. Default 6 hours, which is also the
	// most, as in libtorrent; negative means that every answer is drawn anew.
	Interval time.Duration
	last     *draw
}

type draw struct {
	at     krpc.Time
	hashes []krpc.ID
}

// Take returns at most 20 info-hashes of p, each choice of them equally likely; how many p has in
// all; and for how long, in whole seconds and up to 6 hours, the samples stay the same. As in
// libtorrent, a draw with fewer than 20 is replaced earlier: it always shows all info-hashes.
// samples belongs to s and is valid until the next call; drawing takes one number from src for
// each, unless all are taken.
func (s *Samples) Take(now krpc.Time, p *Peers, src krpc.Source) (samples []krpc.ID, num int, interval time.Duration) {
	p.Expire(now)
	if s.last == nil {
		s.last = new(draw)
	}
	stands := s.interval()
	age := now.Sub(s.last.at)
	if age < 0 || age >= stands || len(s.last.hashes) < MaxSamples { // below 0: the clock was set back
		s.last.hashes = p.pick(MaxSamples, src, s.last.hashes[:0])
		s.last.at, age = now, 0
	}
	return s.last.hashes, p.Hashes(), (stands - age + time.Second - 1).Truncate(time.Second)
}

func (s *Samples) interval() time.Duration {
	if s.Interval == 0 {
		return MaxSampleInterval
	}
	return min(max(s.Interval, 0), MaxSampleInterval)
}

// pick appends to dst n info-hashes, or all: Floyd's choice without repetition,
// which needs no more room than the result.
func (p *Peers) pick(n int, src krpc.Source, dst []krpc.ID) []krpc.ID {
	first := len(dst)
	for last := max(0, len(p.due)-n); last < len(p.due); last++ {
		hash := p.due[last].infoHash
		if len(p.due) > n {
			if drawn := p.due[below(last+1, src)].infoHash; !slices.Contains(dst[first:], drawn) {
				hash = drawn
			}
		}
		dst = append(dst, hash)
	}
	return dst
}
