//go:build race

package sim

import "testing"

// notUnderRace skips a long test that runs on one goroutine: there is no race to find, and the
// detector takes time. test/check.sh runs it without the detector.
func notUnderRace(t *testing.T) {
	t.Helper()
	t.Skip("long, and of one goroutine: run without the race detector")
}
