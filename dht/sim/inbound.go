package sim

import (
	"time"

	"github.com/lightdht/lightdht/dht"
)

// Inbound limits the rate at which a member's line receives: one datagram after the other; those
// that would have to wait too long for their turn are dropped (drop-tail). At most one of Datagrams
// and Bytes may be set; the zero value is no limit. Nodes opened by the caller have no limit.
type Inbound struct {
	Datagrams int           // a second
	Bytes     int           // a second, with 28 bytes of headers for each datagram, 48 over IPv6
	Wait      time.Duration // the longest a datagram waits: the length of the queue. Default DefaultWait
}

// DefaultWait is how long a datagram waits at most (chosen by us): the buffers of access lines hold
// from some ten milliseconds to some seconds (bufferbloat).
const DefaultWait = 100 * time.Millisecond

const maxInbound = 1_000_000_000 // a second

func (in Inbound) validate() error {
	switch {
	case in.Datagrams != 0 && in.Bytes != 0:
		return problem("inbound is limited by datagrams or by bytes, got both")
	case in.Datagrams < 0 || in.Datagrams > maxInbound:
		return problem("inbound datagrams a second must be 0 to %d, got %d", maxInbound, in.Datagrams)
	case in.Bytes < 0 || in.Bytes > maxInbound:
		return problem("inbound bytes a second must be 0 to %d, got %d", maxInbound, in.Bytes)
	case in.Wait < 0 || in.Wait > time.Hour:
		return problem("inbound wait must be between 0 and %v, got %v", time.Hour, in.Wait)
	}
	return nil
}

func (in Inbound) limited() bool { return in.Datagrams > 0 || in.Bytes > 0 }

// takes is how long a member's line is busy with a packet; size is in bytes.
func (in Inbound) takes(size int) time.Duration {
	if in.Datagrams > 0 {
		return time.Second / time.Duration(in.Datagrams)
	}
	return time.Duration(size) * time.Second / time.Duration(in.Bytes)
}

// busyUntil[i] is when the line of member i is free again.
type busyUntil []dht.Time

// grow gives each member a line, if lines are limited.
func (l *busyUntil) grow(limited bool, members int) {
	if limited {
		*l = append(*l, make(busyUntil, members-len(*l))...)
	}
}

// queue lets a packet wait for its turn on a member's line; size is in bytes. It returns when the
// packet has passed the line; false if it is dropped.
func (l busyUntil) queue(now dht.Time, in Inbound, number uint32, size int) (dht.Time, bool) {
	turn := max(now, l[number])
	if turn.Sub(now) > in.Wait {
		return 0, false
	}
	l[number] = turn.Add(in.takes(size))
	return l[number], true
}
