package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/metrics"
)

// statusEvery is how often the status line is rewritten; chosen by us.
const statusEvery = time.Second

// A line that is rewritten in place. What does not fit on a narrow terminal is
// cut off there (DECAWM is off meanwhile): a line that wraps stays behind. The
// cursor waits at its beginning, where a ^C is erased together with it.
const (
	rewriteLine = "\x1b[?7l%s\x1b[K\x1b[?7h\r"
	eraseLine   = "\r\x1b[K"
)

// watch shows on a terminal how a node is doing, in one line, until ctx ends.
func watch(ctx context.Context, terminal io.Writer, stats func() metrics.Stats) {
	ticker := time.NewTicker(statusEvery)
	defer ticker.Stop()
	before, at := stats(), time.Now()
	for {
		select {
		case <-ctx.Done():
			io.WriteString(terminal, eraseLine)
			return
		case now := <-ticker.C:
			s := stats()
			fmt.Fprintf(terminal, rewriteLine, status(before, s, now.Sub(at)))
			before, at = s, now
		}
	}
}

// status is the line: what happened between two looks, and what there is now.
func status(before, s metrics.Stats, elapsed time.Duration) string {
	rate := func(was, is uint64) float64 { return float64(is-was) / max(elapsed, 1).Seconds() }
	return fmt.Sprintf("%s known, queries/s: %.0f in, %.0f out, %s stored, %d dropped",
		entry.Count(s.Known, "node", "nodes"), rate(before.QueriesIn, s.QueriesIn), rate(before.QueriesOut, s.QueriesOut),
		entry.Count(s.PeersStored, "peer", "peers"), s.Dropped())
}
