package table

import "github.com/lightdht/lightdht/dht/krpc"

// Buckets is the routing table of BEP 5. The bucket of a node is the number of leading bits that
// its id shares with our own; the last bucket also holds the nodes that share more, and splits when
// it is full. Only nodes that answered us are members. A few others are in the replacement cache,
// and are known too: they are pinged if they queried us and a place may become free. A newcomer to
// a full bucket takes the place of a bad node, or of a questionable one that left two pings
// unanswered; if all members are good it is not kept.
//
// If a node was seen again after its last reply, LastReply is early by up to a 32nd of the time
// between; that time is never more than 36 hours.
type Buckets struct {
	roster
	upkeep  upkeep
	pending *firstRefresh // nil if no bucket awaits its first refresh
}

// NewBuckets returns empty Buckets for the node with the id own.
func NewBuckets(own krpc.ID, cfg Config) *Buckets {
	cfg = cfg.withDefaults()
	return &Buckets{roster: roster{own: own, k: uint16(cfg.K), diverse: cfg.Diverse}}
}

// Next returns when Due may have something; false if it never will in the present state.
func (b *Buckets) Next() (krpc.Time, bool) { return b.upkeep.wake, b.upkeep.awake }

// wakeBy makes Next return t or an earlier time.
func (b *Buckets) wakeBy(t krpc.Time) {
	if u := &b.upkeep; !u.awake || t < u.wake {
		u.wake, u.awake = t, true
	}
}

// Len returns how many nodes are known: members and replacements.
func (b *Buckets) Len() int { return b.members.len() + b.replacements.len() }

// awaitRefresh plans the first refresh of the buckets from i on that are not the last and not full.
func (b *Buckets) awaitRefresh(now krpc.Time, i int) {
	for ; i < len(b.spans)-1; i++ {
		if b.spans[i].n >= b.k {
			continue
		}
		if b.pending == nil {
			b.pending = new(firstRefresh)
		}
		b.pending.due[i] = unset
		b.pending.left++
		b.wakeBy(now)
	}
}

// refreshed notes that bucket i was refreshed, or is full.
func (b *Buckets) refreshed(i int) {
	if y := b.pending; y != nil && y.due[i] != 0 {
		y.due[i] = 0
		if y.left--; y.left == 0 {
			b.pending = nil
		}
	}
}
