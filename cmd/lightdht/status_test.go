package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lightdht/lightdht/dht/metrics"
)

func TestStatusLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		var out strings.Builder
		looks := uint64(0)
		watch(ctx, &out, func() metrics.Stats {
			looks++
			s := metrics.Stats{Lost: 2}
			s.QueriesIn, s.QueriesOut, s.Junk, s.RateLimited, s.Known, s.PeersStored = 100*looks, looks, 1, 2, int(looks), 7
			return s
		})
		line := "\x1b[?7l%d nodes known, queries/s: 100 in, 1 out, 7 peers stored, 5 dropped\x1b[K\x1b[?7h\r"
		want := fmt.Sprintf(line, 2) + fmt.Sprintf(line, 3) + eraseLine
		if out.String() != want {
			t.Errorf("got  %q\nwant %q", out.String(), want)
		}
	})
}
