package lookup

import "github.com/lightdht/lightdht/dht/krpc"

// Defaults and limits of a walk.
const (
	DefaultK     = krpc.DefaultK
	DefaultWidth = 3 // the Kademlia paper's alpha; anacrolix/dht 3, jech 4, libtorrent 5

	maxK     = 1024 // far beyond any use; it bounds memory and queries
	minWait  = 100  // libtorrent keeps the 100 nearest
	maxFound = 64   // 56 compact IPv4 contacts fill a 1472-byte datagram
	baseAsks = 1000 // a search of an honest network of any size takes well under 200
)

// Config says what a walk looks for. Zero values mean defaults.
type Config struct {
	Target krpc.ID
	// K is how many nodes are wanted. Default 8, at most 1024.
	K int
	// Width is how many queries may be in flight at once, without those reported [Slow]. Kademlia
	// calls it alpha. Default 3.
	Width int
	// MaxQueries bounds the queries of the whole walk. Every walk has a bound of 1000 + 4K, against
	// nodes that keep inventing nearer ones. Default: that bound.
	MaxQueries int
	// Diverse holds back further candidates of an IPv4 /24 that has K/2 already: they are asked
	// only if all others do not suffice, and no longer once K more of that /24 were silent than
	// answered. Default false.
	Diverse bool
}

// Kind is the kind of an [Event].
type Kind uint8

const (
	// Start brings candidates: the first ones, or more at any later time. Of one with a zero ID
	// only the address is known; such candidates are asked before all others until K nodes have
	// answered.
	Start Kind = iota
	// Hearsay brings candidates that another node named at some earlier time.
	Hearsay
	// Answer is a response of From, with From.ID the id inside it, naming the
	// contacts Found.
	Answer
	// Slow says that From has not answered within the short timeout: another node may be asked, but
	// a later Answer counts in full.
	Slow
	// Tardy says that From has not answered for so long that the walk may end without its answer,
	// if K others have answered.
	Tardy
	// Silence says that From is given up, or answered with an error.
	Silence
)

// Event is one thing that happened to a walk. For [Slow], [Tardy] and [Silence] only the address of
// From matters. Found is not kept.
type Event struct {
	Kind  Kind
	From  krpc.Contact
	Found []krpc.Contact
	// Distrust says of an Answer that contacts that From named before did not exist.
	Distrust bool
}

// Walk is one search. It is made by [New], or by [Walk.Reset] from the zero value or an old walk,
// and belongs to one goroutine.
//
// Candidates are identified by address: the first id heard for an address is the one expected to
// answer there. Of each global IPv4 address, and of each global IPv6 /64, one candidate is
// admitted, so that one host cannot fill the results (libtorrent: one per /24 or /64); loopback,
// private and link-local addresses are exempt. At most max(100, 4K) candidates wait to be asked;
// the farthest makes room for nearer ones (libtorrent: 100).
//
// A walk trusts some candidates more than others; see grade.
type Walk struct {
	cfg       Config
	nodes     []node   // all that were admitted; the number of a node is its place here
	index     *index   // of them
	strangers []int32  // unasked, id unknown; first heard first
	waiting   []ranked // unasked and trusted; nearest last, where removing is cheap
	reserve   []ranked // unasked, all others; nearest last
	spare     []int32  // numbers of candidates that were dropped
	nearest   []ranked // answered under the expected id; nearest first, at most K
	flying    []ranked // in flight: asked, neither slow nor settled; at most Width
	slow      int
	asked     int
	hits      int // answers
	misses    int // asked, and no answer in time
}

// New returns a walk towards cfg.Target without candidates.
func New(cfg Config) *Walk {
	w := new(Walk)
	w.Reset(cfg)
	return w
}

// Reset makes w a new walk that reuses the memory of the old one.
func (w *Walk) Reset(cfg Config) {
	if cfg.K <= 0 {
		cfg.K = DefaultK
	}
	cfg.K = min(cfg.K, maxK)
	if cfg.Width <= 0 {
		cfg.Width = DefaultWidth
	}
	most := baseAsks + 4*cfg.K
	if cfg.MaxQueries <= 0 || cfg.MaxQueries > most {
		cfg.MaxQueries = most
	}
	if w.index == nil {
		w.index = new(index)
	}
	*w.index = index{}
	*w = Walk{
		cfg: cfg, nodes: w.nodes[:0], index: w.index,
		strangers: w.strangers[:0], waiting: w.waiting[:0], reserve: w.reserve[:0], spare: w.spare[:0],
		nearest: w.nearest[:0], flying: w.flying[:0],
	}
}
