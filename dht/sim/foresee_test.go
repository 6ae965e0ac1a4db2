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

// So is the transaction id of an answer.
func TestTxOfAnAnswer(t *testing.T) {
	r := krpc.Response{Tx: []byte{1, 2, 3, 4}, ID: krpc.ID{9}, Version: version, IP: addressOf(1)}
	if tx, ok := txOf(r.Append(nil)); !ok || tx != 0x01020304 {
		t.Errorf("got %x, %v", tx, ok)
	}
	q := krpc.Query{Method: "ping", Tx: []byte("aaaa"), ID: krpc.ID{9}, Version: version}
	r.Tx = []byte("aaa")
	for _, packet := range [][]byte{nil, q.Append(nil), r.Append(nil), []byte("aaaa1:v4:----1:y1:re"), make([]byte, 100)} {
		if tx, ok := txOf(packet); ok {
			t.Errorf("got %x for %q", tx, packet)
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
		await(t, w, h, findNode(krpc.ID{byte(w.Stats().Events)}))
		h.Close()
	}
	if s := w.Stats(); s.Leaves == 0 || s.Joins == 0 {
		t.Errorf("nobody came or went: %+v", s)
	}
}
