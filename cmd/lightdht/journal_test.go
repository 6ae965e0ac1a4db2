package main

import (
	"strings"
	"testing"
	"testing/synctest"

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
			j, err := (&host{errout: &errout}).newJournal(format, false)
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
