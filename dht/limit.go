package dht

import (
	"net/netip"
	"time"
)

// Bounds of the limiter's memory: addresses are forgotten once their allowance
// is full again, which takes two seconds of silence, so only a flood from more
// than limiterMost addresses meets the upper bound; it then passes unknown ones,
// as the alternative would let forged addresses lock out honest nodes.
const (
	limiterFirst = 16
	limiterMost  = 1 << 16
)

// limiter is a token bucket for each address, kept as the time at which the
// bucket will be full again (the "generic cell rate algorithm").
type limiter struct {
	each  time.Duration // what one reply costs; 0: no limit
	full  map[netip.AddrPort]Time
	sweep int // how many addresses to hold before sweeping
}

func newLimiter(perSecond int) limiter {
	if perSecond < 0 {
		return limiter{}
	}
	return limiter{each: time.Second / time.Duration(perSecond), sweep: limiterFirst}
}

// burst is how much may be drawn at once: two seconds' worth.
const burst = 2 * time.Second

// allow draws one reply to addr and reports whether it is within the rate.
func (l *limiter) allow(now Time, addr netip.AddrPort) bool {
	if l.each == 0 {
		return true
	}
	full, known := l.full[addr]
	if full < now {
		full = now
	}
	if full.Add(l.each).Sub(now) > burst {
		return false
	}
	if !known && !l.room(now) {
		return true
	}
	l.full[addr] = full.Add(l.each)
	return true
}

// room makes sure that one more address can be remembered.
func (l *limiter) room(now Time) bool {
	if l.full == nil {
		l.full = make(map[netip.AddrPort]Time)
	}
	if len(l.full) < l.sweep {
		return true
	}
	for addr, full := range l.full { // any order: all that are full again go
		if full <= now {
			delete(l.full, addr)
		}
	}
	l.sweep = min(max(limiterFirst, 2*len(l.full)), limiterMost)
	return len(l.full) < l.sweep
}
