package krpc

import "time"

// Time is nanoseconds since the host's epoch: the Unix epoch on a real network,
// the start of the run in a simulation. It is only ever compared and
// subtracted, and always comes in as an argument.
type Time int64

// Add returns t moved by d.
func (t Time) Add(d time.Duration) Time { return t + Time(d) }

// Sub returns the duration from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }
