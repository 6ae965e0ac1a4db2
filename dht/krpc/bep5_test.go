package krpc

import (
	"net/netip"
	"testing"
)

// The messages printed in BEP 5.
var bep5 = []string{
	"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe",
	"d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re",
	"d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
	"d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
	"d1:rd2:id20:abcdefghij01234567895:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re",
	"d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
	"d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee",
}

func TestBEP5Vectors(t *testing.T) {
	for _, packet := range bep5 {
		var m Message
		if err := m.Parse([]byte(packet)); err != nil {
			t.Fatalf("%q: %v", packet, err)
		}
		if string(m.Tx) != "aa" {
			t.Errorf("%q: transaction %q", packet, m.Tx)
		}
		if again := rewrite(t, &m); again != packet {
			t.Errorf("written again\n got %q\nwant %q", again, packet)
		}
	}
}

// rewrite encodes what was understood of m.
func rewrite(t *testing.T, m *Message) string {
	t.Helper()
	switch m.Kind {
	case KindQuery:
		q := Query{Method: string(m.Method), Tx: m.Tx, ID: m.ID, Target: m.Target, Port: m.Port, Implied: m.Implied, Token: m.Token}
		if m.Has&HasInfoHash != 0 {
			q.Target = m.InfoHash
		}
		return string(q.Append(nil))
	case KindResponse:
		r := Response{Tx: m.Tx, ID: m.ID, Token: m.Token}
		m.EachValue(func(a netip.AddrPort) { r.Values = append(r.Values, a) })
		return string(r.Append(nil))
	}
	return string(AppendError(nil, m.Code, string(m.Text), m.Tx, netip.AddrPort{}, ""))
}
