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
		q := Query{Method: string(m.Method), Tx: m.Tx, ID: m.ID, Target: m.Target, Port: m.Port, Implied: m.Implied, Token: m.Token,
			Seed: m.Seed, NoSeed: m.NoSeed, Scrape: m.Scrape, Want: m.Want, Version: string(m.Version), ReadOnly: m.ReadOnly}
		if m.Has&HasInfoHash != 0 {
			q.Target = m.InfoHash
		}
		if m.Has&HasV != 0 {
			it, reason := m.PutItem()
			if reason != nil {
				t.Fatalf("%q: %v", m.Packet, reason)
			}
			q.Item = &it
		} else if m.Has&HasSeq != 0 {
			q.Seq = &m.Seq
		}
		if m.Has&HasCas != 0 {
			q.Cas = &m.Cas
		}
		return string(q.Append(nil))
	case KindResponse:
		return rewriteResponse(m)
	}
	ip, _ := m.ExternalAddr()
	return string(AppendError(nil, m.Code, string(m.Text), m.Tx, ip, string(m.Version)))
}

func rewriteResponse(m *Message) string {
	r := Response{Tx: m.Tx, ID: m.ID, Token: m.Token, Version: string(m.Version), Num: m.Num, Interval: m.Interval}
	r.IP, _ = m.ExternalAddr()
	if m.Has&HasNodes != 0 {
		r.Lists |= Want4
		EachContact(m.Nodes, false, func(c Contact) { r.Nodes = append(r.Nodes, c) })
	}
	if m.Has&HasNodes6 != 0 {
		r.Lists |= Want6
		EachContact(m.Nodes6, true, func(c Contact) { r.Nodes6 = append(r.Nodes6, c) })
	}
	m.EachValue(func(a netip.AddrPort) { r.Values = append(r.Values, a) })
	r.Sampled = m.Has&HasSamples != 0
	m.EachSample(func(id ID) { r.Samples = append(r.Samples, id) })
	if m.Has&HasSeedFilter != 0 {
		r.SeedFilter, r.PeerFilter = new(Bloom(m.SeedFilter)), new(Bloom(m.PeerFilter))
	}
	switch {
	case m.Has&(HasV|HasK) == HasV|HasK:
		r.Item = new(m.mutable(nil))
	case m.Has&HasV != 0:
		r.Item = &Item{Value: m.V}
	case m.Has&HasSeq != 0:
		r.Item, r.SeqOnly = &Item{Seq: m.Seq}, true
	}
	return string(r.Append(nil))
}
