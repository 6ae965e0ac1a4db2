package sim

import (
	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

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

// Torrent returns the info-hash of a torrent of the background traffic, by its
// place in the order of popularity, counted from 0.
func (w *World) Torrent(i int) krpc.ID {
	src := newStream(w.cfg.Seed^saltTorrent, uint32(i), 0)
	return krpc.RandomID(&src)
}
