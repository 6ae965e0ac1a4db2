//go:build race

package sim

import "testing"

// notUnderRace skips a long test of what runs on one goroutine: where there is no
// race to find, the detector only takes time. test/check.sh runs it without.
func notUnderRace(t *testing.T) {
	t.Helper()
	t.Skip("long, and of one goroutine: run without the race detector")
}
