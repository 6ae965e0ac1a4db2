package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// A node that changes its id says so, to people and to machines.
func TestNodeTellsItsNewID(t *testing.T) {
	for format, want := range map[string]string{
		"text": "the id is 0200000000000000000000000000000000000000 now: 0100000000000000000000000000000000000000 did not suit the address that others see (BEP 42)\n",
		"json": `"msg":"renamed","id":"0200000000000000000000000000000000000000","before":"0100000000000000000000000000000000000000"`,
	} {
		synctest.Test(t, func(t *testing.T) {
			var errout strings.Builder
			j, err := (&host{streams: streams{errout: &errout}}).newJournal(format, false)
			if err != nil {
				t.Fatal(err)
			}
			j.hooks().Renamed(0, krpc.ID{1}, krpc.ID{2})
			synctest.Wait()
			if !strings.Contains(errout.String(), want) {
				t.Errorf("%s: it says %q, want %q", format, errout.String(), want)
			}
		})
	}
}

// That it takes long to read a state is told once, with how far the reading has come.
func TestSlowReadingIsTold(t *testing.T) {
	for took, want := range map[time.Duration]string{
		readingTold / 10: "",
		readingTold / 2:  "reading the nodes of the last time (--state): 512 so far\n",
	} {
		var errout strings.Builder
		now := time.Unix(0, 0)
		h := &host{streams: streams{errout: &errout}, now: func() time.Time { now = now.Add(took); return now }}
		reading := (&journal{host: h}).reading()
		for nodes := 256; nodes <= 1024; nodes += 256 {
			reading(nodes)
		}
		if errout.String() != want {
			t.Errorf("a page in %v: told %q", took, errout.String())
		}
	}
}
