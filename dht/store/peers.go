package store

import (
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Defaults of [PeersConfig].
const (
	DefaultMaxHashes       = 2000             // libtorrent's dht_max_torrents
	DefaultMaxPeersPerHash = 500              // libtorrent's dht_max_peers
	DefaultMaxPerHost      = 200              // a tenth of the info-hashes
	DefaultExpiry          = 32 * time.Minute // jech; clients announce again after 15 to 30 minutes
)

// sweepsPerExpire bounds the work of one Expire: at the default limits it looks
// at no more than 64000 entries, well under a millisecond.
const sweepsPerExpire = 64

// PeersConfig limits a [Peers]. Zero values mean defaults.
type PeersConfig struct {
	// MaxHashes is how many info-hashes are kept. Default 2000.
	MaxHashes int
	// MaxPeersPerHash is how many peers are kept for one info-hash, for each of
	// IPv4 and IPv6. Default 500.
	MaxPeersPerHash int
	// MaxPerHost is how many entries one host may hold, a host being an IPv4
	// address or an IPv6 /64. Loopback, private and link-local addresses are
	// exempt. Default 200; negative means no limit.
	MaxPerHost int
	// SharedHosts says that several nodes may share a host: peers are then told
	// apart by address and port, and not by address alone. Those at loopback, private
	// and link-local addresses always are. Default false.
	SharedHosts bool
	// Expiry is how long after its last announcement a peer is forgotten.
	// Default 32 minutes.
	Expiry time.Duration
}

// peerLimits is a PeersConfig in little memory: every simulated node has one.
type peerLimits struct {
	expiry                   time.Duration
	hashes, perHash, perHost int32
	sharedHosts              bool
}

func (cfg PeersConfig) limits() peerLimits {
	const most = 1_000_000_000
	cfg = cfg.withDefaults()
	return peerLimits{
		expiry: cfg.Expiry, hashes: int32(min(cfg.MaxHashes, most)), perHash: int32(min(cfg.MaxPeersPerHash, most)),
		perHost: int32(max(-1, min(cfg.MaxPerHost, most))), sharedHosts: cfg.SharedHosts,
	}
}

func (cfg PeersConfig) withDefaults() PeersConfig {
	if cfg.MaxHashes <= 0 {
		cfg.MaxHashes = DefaultMaxHashes
	}
	if cfg.MaxPeersPerHash <= 0 {
		cfg.MaxPeersPerHash = DefaultMaxPeersPerHash
	}
	if cfg.MaxPerHost == 0 {
		cfg.MaxPerHost = DefaultMaxPerHost
	}
	if cfg.Expiry <= 0 {
		cfg.Expiry = DefaultExpiry
	}
	return cfg
}

// Peer is one stored announcement.
type Peer struct {
	Addr netip.AddrPort
	Seed bool      // BEP 33: the announcer has the whole torrent
	Last krpc.Time // of its last announcement
}

// Peers keeps which peers announced which info-hash.
//
// When MaxHashes or MaxPeersPerHash is reached, newcomers are refused and no peer is removed, as in
// libtorrent: so a flood cannot flush the store. A full node gives out no token (see [Peers.Full]),
// so honest announcers turn to the next nearest node. Expiry makes room.
type Peers struct {
	limit  peerLimits
	swarms map[krpc.ID]*swarm
	due    heap[*swarm]     // the same swarms, next to expire first
	held   map[uint64]int32 // entries of each host that is limited
	total  int
}

// NewPeers returns an empty store; it allocates no more than itself until the
// first announcement.
func NewPeers(cfg PeersConfig) *Peers { return &Peers{limit: cfg.limits()} }

// Announce stores that addr takes part in the swarm of infoHash, or renews it. At a
// global address there is one peer (BEP 33): it gets the new port and seed flag.
// Elsewhere, and with SharedHosts, another port is another peer. It is false if the
// address is unusable or there is no room.
func (p *Peers) Announce(now krpc.Time, infoHash krpc.ID, addr netip.AddrPort, seed bool) (stored bool) {
	ip := addr.Addr().Unmap()
	if !ip.IsValid() || ip.IsUnspecified() || ip.IsMulticast() || addr.Port() == 0 {
		return false
	}
	s := p.live(now, infoHash)
	e := s.find(ip, p.portOf(ip, addr.Port()))
	if e == nil {
		if !p.room(s, ip) {
			p.Expire(now) // overdue peers must not take up room
		}
		if !p.room(s, ip) {
			return false
		}
		if s == nil {
			s = p.open(now, infoHash)
		}
		e = s.add(ip)
		p.count(ip, 1)
	}
	e.port, e.seed, e.last = addr.Port(), seed, now
	return true
}

// portOf is the port by which peers at ip are told apart; 0: by none.
func (p *Peers) portOf(ip netip.Addr, port uint16) uint16 {
	if _, global := hostOf(ip); global && !p.limit.sharedHosts {
		return 0
	}
	return port
}

// Full reports whether an announcement of infoHash by ip would be refused for
// lack of room. Then get_peers must withhold the token, so that the announcer
// turns to other nodes; one that is already stored, under any port, can renew.
func (p *Peers) Full(infoHash krpc.ID, ip netip.Addr) bool {
	ip = ip.Unmap()
	s := p.swarms[infoHash]
	return s.find(ip, 0) == nil && !p.room(s, ip)
}

// Sample appends to dst up to limit addresses of one family from the swarm of
// infoHash: each subset of those not expired is equally likely. With noSeed
// (BEP 33) those who still download come first, and seeds only if there is room.
// It draws one number from src for each address, unless all are taken; it
// allocates nothing if dst has room.
func (p *Peers) Sample(
	now krpc.Time, infoHash krpc.ID, v6, noSeed bool, limit int, src krpc.Source, dst []netip.AddrPort,
) []netip.AddrPort {
	list := p.family(now, infoHash, v6)
	if noSeed {
		others := seedsLast(list)
		dst = sample(list[:others], limit, src, dst)
		limit -= min(limit, others)
		list = list[others:]
	}
	return sample(list, limit, src, dst)
}

// Filters adds the IPs of one family that are stored for infoHash to the two
// filters of BEP 33, those of seeds and those of all others. It is false if
// there are none, when an answer must not have the filters at all.
func (p *Peers) Filters(now krpc.Time, infoHash krpc.ID, v6 bool, seeds, others *krpc.Bloom) bool {
	list := p.family(now, infoHash, v6)
	for i := range list {
		filter := others
		if list[i].seed {
			filter = seeds
		}
		list[i].addTo(filter)
	}
	return len(list) > 0
}

// Count returns how many peers of infoHash are stored, as of the last Expire.
func (p *Peers) Count(infoHash krpc.ID) int {
	s := p.swarms[infoHash]
	if s == nil {
		return 0
	}
	return len(s.four) + len(s.six)
}

// Hashes returns how many info-hashes have peers, as of the last Expire.
func (p *Peers) Hashes() int { return len(p.swarms) }

// Total returns how many peers are stored in all, as of the last Expire.
func (p *Peers) Total() int { return p.total }

// Each calls f for every stored peer, swarm by swarm, in an order that is
// arbitrary but the same for the same history. f must not use p.
func (p *Peers) Each(f func(infoHash krpc.ID, peer Peer)) {
	for _, s := range p.due {
		for _, list := range [...][]entry{s.four, s.six} {
			for i := range list {
				e := &list[i]
				f(s.infoHash, Peer{Addr: e.addr(), Seed: e.seed, Last: e.last})
			}
		}
	}
}

// Next returns when Expire has work again; false if nothing is stored.
func (p *Peers) Next() (krpc.Time, bool) {
	if len(p.due) == 0 {
		return 0, false
	}
	return p.due[0].due, true
}

// Expire forgets peers that have not announced themselves for the configured
// time. One call does a bounded amount of work; if more is due, Next says so.
func (p *Peers) Expire(now krpc.Time) {
	for range sweepsPerExpire {
		if len(p.due) == 0 || p.due[0].due > now {
			return
		}
		p.sweep(now, p.due[0])
	}
}

// family returns the peers of infoHash that are not expired and of one family.
func (p *Peers) family(now krpc.Time, infoHash krpc.ID, v6 bool) []entry {
	s := p.live(now, infoHash)
	switch {
	case s == nil:
		return nil
	case v6:
		return s.six
	}
	return s.four
}

// live returns the swarm of infoHash rid of its expired peers, or nil.
func (p *Peers) live(now krpc.Time, infoHash krpc.ID) *swarm {
	s := p.swarms[infoHash]
	if s != nil && s.due <= now && !p.sweep(now, s) {
		return nil
	}
	return s
}

// sweep removes the expired peers of s, and s itself if none is left, which is
// when it returns false.
func (p *Peers) sweep(now krpc.Time, s *swarm) bool {
	until := now.Add(-p.limit.expiry)
	oldest := now
	for _, list := range [...]*[]entry{&s.four, &s.six} {
		kept := (*list)[:0]
		for _, e := range *list {
			if e.last <= until {
				p.count(e.addr().Addr(), -1)
				continue
			}
			oldest = min(oldest, e.last)
			kept = append(kept, e)
		}
		*list = trim(kept)
	}
	if len(s.four)+len(s.six) == 0 {
		p.due.remove(s)
		delete(p.swarms, s.infoHash)
		return false
	}
	s.due = oldest.Add(p.limit.expiry)
	p.due.fix(s)
	return true
}

// open makes a swarm, which must get a peer at once.
func (p *Peers) open(now krpc.Time, infoHash krpc.ID) *swarm {
	if p.swarms == nil {
		p.swarms = make(map[krpc.ID]*swarm)
	}
	s := &swarm{infoHash: infoHash, due: now.Add(p.limit.expiry)}
	p.swarms[infoHash] = s
	p.due.push(s)
	return s
}

// room reports whether ip may be added to s, nil being a swarm not yet there.
func (p *Peers) room(s *swarm, ip netip.Addr) bool {
	if s == nil && len(p.swarms) >= int(p.limit.hashes) {
		return false
	}
	if s != nil && len(*s.list(ip)) >= int(p.limit.perHash) {
		return false
	}
	host, limited := hostOf(ip)
	return !limited || p.limit.perHost < 0 || p.held[host] < p.limit.perHost
}

// count notes that ip holds n entries more.
func (p *Peers) count(ip netip.Addr, n int32) {
	p.total += int(n)
	host, limited := hostOf(ip)
	if !limited || p.limit.perHost < 0 {
		return
	}
	if p.held == nil {
		p.held = make(map[uint64]int32)
	}
	if now := p.held[host] + n; now > 0 {
		p.held[host] = now
	} else {
		delete(p.held, host)
	}
}
