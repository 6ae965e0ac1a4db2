package interop

import (
	"crypto/rand"
	"encoding/hex"
	"testing"
	"time"
)

// await returns what comes out of a channel, or its zero value once it is closed.
func await[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(patience):
		t.Fatalf("waited %v for %s", patience, what)
		panic("unreachable")
	}
}

// eventually asks until the answer is yes, a few times a second, and fails with the complaint when
// patience ends.
func eventually(t *testing.T, ask func() bool, complaint func() string) {
	t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for !ask() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("after %v: %s", patience, complaint())
		}
	}
}

// infoHash draws a torrent nobody else has.
func infoHash() string {
	var hash [20]byte
	rand.Read(hash[:])
	return hex.EncodeToString(hash[:])
}
