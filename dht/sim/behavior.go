package sim

import (
	"bytes"
	"fmt"
	"math/bits"
	"net/netip"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Behavior is how a member treats others. Whatever it is, the node is the one
// that runs outside; what it is told and what it says is changed on the way.
type Behavior uint8

// The behaviours.
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
	// Liars answer find_node and get_peers with contacts that do not exist,
	// nearer to what was asked for than anyone, and know no peers.
	Liar
	// WrongID members give another id, made up, in each answer.
	WrongID
)

var behaviorNames = [...]string{"normal", "read_only", "silent", "slow", "liar", "wrong_id"}

// String returns "normal", "read_only", "silent", "slow", "liar" or "wrong_id".
func (b Behavior) String() string {
	if int(b) < len(behaviorNames) {
		return behaviorNames[b]
	}
	return "invalid"
}

// ParseBehavior returns the behaviour of that name.
func ParseBehavior(name string) (Behavior, error) {
	for b, n := range behaviorNames {
		if n == name {
			return Behavior(b), nil
		}
	}
	return 0, fmt.Errorf("sim: unknown behavior %q: there are normal, read_only, silent, slow, liar and wrong_id", name)
}

// answers reports whether others get answers under the member's id, so that
// they know it.
func (b Behavior) answers() bool { return b == Normal || b == Slow || b == Liar }

// Mix is the share of members of each behaviour, 0 to 1 and no more than 1
// together; the rest are normal. Who behaves how follows from the seed and the
// member's number. The zero value: all are normal.
type Mix struct {
	ReadOnly, Silent, Slow, Liars, WrongID float64
	// Delay is the mean of the exponential law by which slow members are late.
	// Default DefaultDelay.
	Delay time.Duration
}

// DefaultDelay is ours: half of the time for which a node waits by default, so
// that an answer in seven comes too late.
const DefaultDelay = 2 * time.Second

// shares lists those of the behaviours after Normal, in their order.
func (m Mix) shares() [WrongID]float64 {
	return [...]float64{m.ReadOnly, m.Silent, m.Slow, m.Liars, m.WrongID}
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
		return fmt.Errorf("sim: mix: the shares are more than 1 together: %v", sum)
	case m.Delay != 0 && (m.Delay < time.Millisecond || m.Delay > time.Hour):
		return fmt.Errorf("sim: mix: delay must be %v to %v, got %v", time.Millisecond, time.Hour, m.Delay)
	}
	return nil
}

// behaviors is a Mix at work.
type behaviors struct {
	mixed bool
	upTo  [WrongID]uint64 // a draw of 53 bits below it is this behaviour, or one before
	delay Law
}

func newBehaviors(m Mix) (b behaviors) {
	if m.Delay == 0 {
		m.Delay = DefaultDelay
	}
	b.delay = Law{Dist: Exponential, Mean: m.Delay}
	sum := uint64(0)
	for i, share := range m.shares() {
		sum += threshold(share)
		b.upTo[i] = sum
	}
	b.mixed = sum > 0
	return b
}

// behaviorOf returns that of a member by its number.
func (w *World) behaviorOf(number uint32) Behavior {
	if w.behaviors.mixed {
		draw := mix(w.cfg.Seed^saltMix, uint64(number)) >> 11
		for i, upTo := range w.behaviors.upTo {
			if draw < upTo {
				return Behavior(i + 1)
			}
		}
	}
	return Normal
}

// SetBehavior changes that of the member of an index, from now on. A member is
// read-only from the beginning or never, since a node is.
func (w *World) SetBehavior(i int, b Behavior) error {
	if i < 0 || i >= w.members {
		return fmt.Errorf("sim: there is no member %d", i)
	}
	s := w.member(uint32(i))
	switch {
	case b > WrongID:
		return fmt.Errorf("sim: there is no behavior of number %d", b)
	case b != s.behavior && (b == ReadOnly || s.behavior == ReadOnly):
		return fmt.Errorf("sim: member %d cannot change from %v to %v: a node is read-only from the beginning or never", i, s.behavior, b)
	}
	s.behavior = b
	return nil
}

// AddAs lets n new members join now, as Add does, who all behave in one way.
func (w *World) AddAs(n int, b Behavior) ([]Member, error) {
	if b > WrongID {
		return nil, fmt.Errorf("sim: there is no behavior of number %d", b)
	}
	return w.add(n, func(uint32) recruit { return recruit{behavior: b} })
}

// AddSybils lets n new members join now whose ids are nearer to target than that
// of any member there has been. They neither come and go nor search with
// the others.
func (w *World) AddSybils(target krpc.ID, n int, b Behavior) ([]Member, error) {
	if b > WrongID {
		return nil, fmt.Errorf("sim: there is no behavior of number %d", b)
	}
	shared := w.longestPrefix(target) + 1
	if n > 0 && shared+bits.Len(uint(n))+8 > 8*len(target) {
		return nil, fmt.Errorf("sim: there is no room for %d ids nearer to %v than all others", n, target)
	}
	return w.add(n, func(number uint32) recruit {
		src := newStream(w.cfg.Seed^saltSybil, number, 0)
		return recruit{id: krpc.RandomID(&src).WithPrefix(target, shared), behavior: b, settled: true}
	})
}

// disguise sends what a member of some behaviour says.
func (s *station) disguise(to netip.AddrPort, packet []byte) {
	w, late := s.world, dht.Time(0)
	if isAnswer(packet) {
		switch s.behavior {
		case Silent:
			return
		case Slow:
			late = dht.Time(w.behaviors.delay.draw(s))
		case Liar, WrongID:
			packet = s.forge(to, packet)
		}
	}
	w.send(s.number, to, packet, late)
}

// isAnswer reports whether a datagram of our own node is a response or an
// error: `y` is the last key of the dictionary.
func isAnswer(packet []byte) bool {
	return bytes.HasSuffix(packet, []byte("1:y1:re")) || bytes.HasSuffix(packet, []byte("1:y1:ee"))
}

// forger is what members work with who tell what is not so.
type forger struct {
	target  krpc.ID // of the last query to a liar
	message krpc.Message
	nodes   []krpc.Contact
	nodes6  []krpc.Contact
	packet  []byte
}

// overhear notes what a liar is asked for, before its node is. The node answers
// at once, unless a script holds the answer back; it may then be to another.
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

// forge rewrites an answer, if there is anything in it to lie about. The result
// lives until the next call.
func (s *station) forge(to netip.AddrPort, packet []byte) []byte {
	f := &s.world.forger
	if s.behavior == WrongID {
		f.packet = append(f.packet[:0], packet...)
		if i := bytes.Index(f.packet, s.id[:]); i >= 0 {
			wrong := krpc.RandomID(s)
			copy(f.packet[i:], wrong[:])
		}
		return f.packet
	}
	m := &f.message
	if m.Parse(packet) != nil || m.Kind != krpc.KindResponse || m.Has&(krpc.HasNodes|krpc.HasNodes6) == 0 {
		return packet
	}
	r := krpc.Response{Tx: m.Tx, ID: m.ID, IP: to, Token: m.Token, Version: string(m.Version)}
	if m.Has&krpc.HasNodes != 0 {
		f.nodes = s.invent(f.nodes[:0], false)
		r.Lists, r.Nodes = r.Lists|krpc.Want4, f.nodes
	}
	if m.Has&krpc.HasNodes6 != 0 {
		f.nodes6 = s.invent(f.nodes6[:0], true)
		r.Lists, r.Nodes6 = r.Lists|krpc.Want6, f.nodes6
	}
	f.packet = r.Append(f.packet[:0])
	return f.packet
}

// invent appends as many contacts as an honest answer names, at IPv4 or IPv6
// addresses where nobody is.
func (s *station) invent(nodes []krpc.Contact, six bool) []krpc.Contact {
	w := s.world
	shared := bits.Len(uint(w.members)) + 4
	for range w.k() {
		id := krpc.RandomID(s).WithPrefix(w.forger.target, shared)
		nodes = append(nodes, krpc.Contact{ID: id, Addr: w.addrOf(ghosts+uint32(s.Uint64()>>40), six)})
	}
	return nodes
}
