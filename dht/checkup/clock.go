package checkup

import (
	"fmt"
	"time"
)

// Limits of the clocks, chosen by us.
const (
	maxClockJump = 100 * time.Millisecond // more than NTP corrects at once without a notice
	latestYear   = 2100
	clockFormat  = "2006-01-02 15:04:05 MST"
)

// earliest is a date before this program existed.
var earliest = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clocks are readings of the machine's two clocks: the one that tells the date, which
// people and NTP set, and the monotonic one.
type clocks struct {
	now       func() time.Time
	date      time.Time // without the monotonic reading
	monotonic time.Time // with it
}

func startClocks(now func() time.Time) clocks {
	return clocks{now, now().Round(0), time.Now()}
}

// compare holds the clocks against each other, and against the years in which this
// program may run.
func (c clocks) compare() Finding {
	date, elapsed := c.now().Round(0), time.Since(c.monotonic)
	jump := date.Sub(c.date) - elapsed
	switch {
	case date.Before(earliest) || date.Year() >= latestYear:
		return Finding{Failed, "clock", fmt.Sprintf("%s cannot be; set the clock, or have it set by NTP: what is recorded would be misdated", date.UTC().Format(clockFormat))}
	case jump.Abs() > maxClockJump:
		return Finding{Failed, "clock", fmt.Sprintf("jumped by %v within %v; somebody is setting it, and what is recorded meanwhile is misdated", roughly(jump), roughly(elapsed))}
	}
	return Finding{OK, "clock", fmt.Sprintf("%s, and %v away from the steady clock after %v", date.UTC().Format(clockFormat), roughly(jump.Abs()), roughly(elapsed))}
}
