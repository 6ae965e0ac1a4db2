package sim

import (
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// In a world large enough for prefetching, nodes may come, go and be closed between two steps.
func TestPrefetchBearsChange(t *testing.T) {
	w := world(t, Config{Nodes: minPrefetchNodes, Seed: 1, Churn: Churn{Session: Law{Dist: Exponential, Mean: time.Minute}}})
	defer w.Close()
	for range 20 {
		h := joined(t, w, dht.Config{})
		await(t, w, h, findNode(krpc.ID{byte(w.Stats().Events)}))
		h.Close()
	}
	if s := w.Stats(); s.Leaves == 0 || s.Joins == 0 {
		t.Errorf("nobody came or went: %+v", s)
	}
}
