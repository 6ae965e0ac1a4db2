package sim

import (
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// What a query is for is read off its bytes, if they are where our nodes have them.
func TestTargetOfAFindNode(t *testing.T) {
	target := krpc.ID{1, 2, 3}
	query := func(method string) []byte {
		q := krpc.Query{Method: method, Tx: []byte("aaaa"), ID: krpc.ID{9}, Target: target, Version: version}
		return q.Append(nil)
	}
	if got := targetOf(query("find_node")); got == nil || *got != target {
		t.Errorf("got %v, want %v", got, target)
	}
	for _, packet := range [][]byte{nil, query("ping"), query("get_peers"), query("find_node")[:60], make([]byte, 100)} {
		if got := targetOf(packet); got != nil {
			t.Errorf("got %v for %q", got, packet)
		}
	}
}

// In a world large enough for foresight everything goes on although nodes come, go
// and are closed between two steps.
func TestForesightBearsChange(t *testing.T) {
	w := world(t, Config{Nodes: foresight, Seed: 1, Churn: Churn{Session: Law{Dist: Exponential, Mean: time.Minute}}})
	defer w.Close()
	for range 20 {
		h := joined(t, w, dht.Config{})
		await(t, w, h, findNode(krpc.ID{byte(w.stats.Events)}))
		h.Close()
	}
	if w.stats.Leaves == 0 || w.stats.Joins == 0 {
		t.Errorf("nobody came or went: %+v", w.stats)
	}
}
