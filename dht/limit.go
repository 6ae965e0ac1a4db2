package dht

import (
	"net/netip"
	"time"
)

// Bounds of the limiter's memory. An address is forgotten once its bucket is full again, which
// takes two seconds of silence, so only a flood from more than limiterMost addresses meets the
// upper bound. Unknown addresses then pass: otherwise forged addresses could lock out honest nodes.
const (
	limiterFirst = 16
	limiterMost  = 1 << 16
)

// limiter is a token bucket for each address, stored as the time at which the bucket will be full
// again (the "generic cell rate algorithm").
type limiter struct {
	each  time.Duration // what one reply costs; 0: no limit
	burst time.Duration // how much may be taken at once
	few   []allowance   // instead of full, while there are at most limiterFirst
	full  map[netip.AddrPort]Time
	sweep int  // how many addresses to hold before sweeping
	rest  Time // no sweep before: a sweep that made no room is not repeated at once
}

type allowance struct {
	addr netip.AddrPort
	full Time
}

func newLimiter(perSecond int) limiter {
	if perSecond < 0 {
		return limiter{}
	}
	return limiter{each: time.Second / time.Duration(perSecond), burst: 2 * time.Second, sweep: limiterFirst}
}

// allow takes the tokens for cost replies to addr and reports whether that is within the rate.
func (l *limiter) allow(now Time, addr netip.AddrPort, cost int) bool {
	if l.each == 0 {
		return true
	}
	if a := l.among(now, addr); a != nil {
		full, ok := l.draw(now, a.full, cost)
		a.full = full
		return ok
	}
	full, known := l.full[addr]
	full, ok := l.draw(now, full, cost)
	if ok && (known || l.reserve(now)) {
		l.full[addr] = full
	}
	return ok
}

// draw takes the tokens for cost replies from a bucket that will be full at full. It tolerates a
// clock that was set back.
func (l *limiter) draw(now, full Time, cost int) (then Time, ok bool) {
	full = min(full, now.Add(l.burst))
	then = max(full, now).Add(min(time.Duration(cost)*l.each, l.burst)) // a full bucket suffices for any cost
	if then.Sub(now) > l.burst {
		return full, false
	}
	return then, true
}

// among returns the bucket of addr while there are few addresses; a new one takes the place of one
// that is full again. It returns nil once there are many.
func (l *limiter) among(now Time, addr netip.AddrPort) *allowance {
	if l.full != nil {
		return nil
	}
	var spare *allowance
	for i := range l.few {
		switch a := &l.few[i]; {
		case a.addr == addr:
			return a
		case a.full <= now:
			spare = a
		}
	}
	if spare == nil && len(l.few) < limiterFirst {
		l.few = append(l.few, allowance{})
		spare = &l.few[len(l.few)-1]
	}
	if spare != nil {
		*spare = allowance{addr: addr}
		return spare
	}
	l.full = make(map[netip.AddrPort]Time)
	for _, a := range l.few {
		l.full[a.addr] = a.full
	}
	l.few = nil
	return nil
}

// reserve makes sure that one more address can be remembered.
func (l *limiter) reserve(now Time) bool {
	if len(l.full) < l.sweep {
		return true
	}
	if now < l.rest {
		return false
	}
	for addr, full := range l.full { // any order: all that are full again go
		if full <= now {
			delete(l.full, addr)
		}
	}
	l.sweep = min(max(limiterFirst, 2*len(l.full)), limiterMost)
	if len(l.full) < l.sweep {
		return true
	}
	l.rest = now.Add(l.burst / 4)
	return false
}
