package krpc

import (
	"net/netip"
	"testing"
)

const peekVersion = "LD\x00\x01"

// The target of a find_node is found in its bytes, and nothing in those of other messages.
func TestPeekTarget(t *testing.T) {
	target := ID{1, 2, 3}
	query := func(method string) []byte {
		q := Query{Method: method, Tx: []byte("aaaa"), ID: ID{9}, Target: target, Version: peekVersion}
		return q.Append(nil)
	}
	if got := PeekTarget(query("find_node")); got == nil || *got != target {
		t.Errorf("got %v, want %v", got, target)
	}
	for _, packet := range [][]byte{nil, query("ping"), query("get_peers"), query("find_node")[:60], make([]byte, 100)} {
		if got := PeekTarget(packet); got != nil {
			t.Errorf("got %v for %q", got, packet)
		}
	}
}

// So is the transaction id of a response.
func TestPeekTx(t *testing.T) {
	r := Response{Tx: []byte{1, 2, 3, 4}, ID: ID{9}, Version: peekVersion, IP: netip.MustParseAddrPort("10.0.0.1:1")}
	if tx, ok := PeekTx(r.Append(nil)); !ok || tx != 0x01020304 {
		t.Errorf("got %x, %v", tx, ok)
	}
	q := Query{Method: "ping", Tx: []byte("aaaa"), ID: ID{9}, Version: peekVersion}
	r.Tx = []byte("aaa")
	for _, packet := range [][]byte{nil, q.Append(nil), r.Append(nil), []byte("aaaa1:v4:----1:y1:re"), make([]byte, 100)} {
		if tx, ok := PeekTx(packet); ok {
			t.Errorf("got %x for %q", tx, packet)
		}
	}
}

// Responses and errors are answers, queries are not.
func TestIsAnswer(t *testing.T) {
	q := Query{Method: "ping", Tx: []byte("aa"), ID: ID{9}, Version: peekVersion}
	r := Response{Tx: []byte("aa"), ID: ID{9}, Version: peekVersion}
	refusal := AppendError(nil, CodeServer, "no", []byte("aa"), netip.AddrPort{}, "")
	if IsAnswer(q.Append(nil)) || !IsAnswer(r.Append(nil)) || !IsAnswer(refusal) || IsAnswer(nil) {
		t.Error("a kind of message was mistaken")
	}
}
