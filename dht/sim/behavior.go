package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Behavior is how a member treats others. The node is the same for all behaviors; the datagrams
// that it receives and sends are changed on the way.
type Behavior uint8

// The behaviors.
const (
	// Normal members answer as BEP 5 asks.
	Normal Behavior = iota
	// ReadOnly members ask and do not answer, and say so (BEP 43).
	ReadOnly
	// Silent members ask and do not answer.
	Silent
	// Slow members answer after a delay, drawn anew for each answer; see
	// [Mix.Delay].
	Slow
	// Liars answer find_node and get_peers with contacts that do not exist, nearer to the target
	// than any node, and know no peers.
	Liar
	// WrongID members give a random id in each answer.
	WrongID
	// Followers answer find_node and get_peers under an id that is nearer to the target than that
	// of any node, and is the same each time. The contacts they name are real.
	Follower
	// Crowds answer find_node and get_peers with themselves, under as many ids as an honest answer
	// names, all nearer to the target than that of any node, and the same each time. They give
	// the first of these as their own.
	Crowd

	lastBehavior = Crowd
)

var behaviorNames = [...]string{"normal", "read_only", "silent", "slow", "liar", "wrong_id", "follower", "crowd"}

// String returns "normal", "read_only", "silent", "slow", "liar", "wrong_id",
// "follower" or "crowd".
func (b Behavior) String() string {
	if int(b) < len(behaviorNames) {
		return behaviorNames[b]
	}
	return "invalid"
}

// ParseBehavior returns the behavior of that name.
func ParseBehavior(name string) (Behavior, error) {
	for b, n := range behaviorNames {
		if n == name {
			return Behavior(b), nil
		}
	}
	return 0, problem("unknown behavior %q: there are normal, read_only, silent, slow, liar, wrong_id, follower and crowd", name)
}

// answers reports whether others get answers under the member's id, at least to a ping, so that it
// gets into their tables.
func (b Behavior) answers() bool {
	return b == Normal || b == Slow || b == Liar || b == Follower || b == Crowd
}

// Mix is the share of members of each behavior, 0 to 1 and no more than 1 together; the rest are
// normal. The behavior of a member follows from the seed and the member's number. The zero value:
// all are normal.
type Mix struct {
	ReadOnly, Silent, Slow, Liars, WrongID, Followers, Crowds float64
	// Delay is the mean of the exponential law by which slow members are late.
	// Default DefaultDelay.
	Delay time.Duration
}

// DefaultDelay is half of the time for which a node waits by default, so that an answer in seven
// comes too late (chosen by us).
const DefaultDelay = 2 * time.Second

// shares lists the shares of the behaviors after Normal, in their order.
func (m Mix) shares() [lastBehavior]float64 {
	return [...]float64{m.ReadOnly, m.Silent, m.Slow, m.Liars, m.WrongID, m.Followers, m.Crowds}
}

func (m Mix) validate() error {
	sum := 0.0
	for i, share := range m.shares() {
		if err := probability("mix: "+behaviorNames[i+1], share); err != nil {
			return err
		}
		sum += share
	}
	switch {
	case sum > 1.000001: // ten shares of 0.1 need not make 1
		return problem("mix: the shares are more than 1 together: %v", sum)
	case m.Delay != 0 && (m.Delay < time.Millisecond || m.Delay > time.Hour):
		return problem("mix: delay must be %v to %v, got %v", time.Millisecond, time.Hour, m.Delay)
	}
	return nil
}

// behaviors is a Mix ready for use.
type behaviors struct {
	seed  uint64
	mixed bool
	upTo  [lastBehavior]uint64 // a draw of 53 bits below it is this behaviour, or one before
	delay Law
}

func newBehaviors(m Mix, seed uint64) (b behaviors) {
	if m.Delay == 0 {
		m.Delay = DefaultDelay
	}
	b.seed = seed ^ saltMix
	b.delay = Law{Dist: Exponential, Mean: m.Delay}
	sum := uint64(0)
	for i, share := range m.shares() {
		sum += threshold(share)
		b.upTo[i] = sum
	}
	b.mixed = sum > 0
	return b
}

// of returns the behavior of a member by its number.
func (b *behaviors) of(number uint32) Behavior {
	if b.mixed {
		draw := mix(b.seed, uint64(number)) >> 11
		for i, upTo := range b.upTo {
			if draw < upTo {
				return Behavior(i + 1)
			}
		}
	}
	return Normal
}

// forger is working memory of members that falsify their answers.
type forger struct {
	target  krpc.ID // of the last query to a member that overhears
	message krpc.Message
	nodes   []krpc.Contact
	nodes6  []krpc.Contact
	packet  []byte
}

// overhears reports whether the answers of a behavior depend on the target of the query.
func (b Behavior) overhears() bool { return b == Liar || b == Follower || b == Crowd }

// overhear notes the target of a query before the node handles it. The node answers at once, unless
// a hook holds the answer back; the note may then be that of another query.
func (f *forger) overhear(packet []byte) {
	f.target = krpc.ID{}
	if f.message.Parse(packet) != nil || f.message.Kind != krpc.KindQuery {
		return
	}
	f.target = f.message.Target
	if f.message.Has&krpc.HasInfoHash != 0 {
		f.target = f.message.InfoHash
	}
}
