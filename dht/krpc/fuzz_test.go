package krpc

import (
	"bytes"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/zeebo/bencode"
)

// FuzzParse: no datagram costs memory or panics, whatever is found lies within
// it, and what was understood can be written and understood again.
func FuzzParse(f *testing.F) {
	for _, packet := range bep5 {
		f.Add([]byte(packet))
	}
	for _, name := range slices.Sorted(maps.Keys(written())) {
		f.Add(written()[name])
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		var m Message
		var err error
		if n := testing.AllocsPerRun(4, func() { err = m.Parse(packet) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
		if err != nil {
			return
		}
		if err := CheckBencode(packet); err != nil {
			t.Errorf("a message that is not bencoded: %v", err)
		}
		for _, found := range [][]byte{m.Tx, m.Method, m.Version, m.Token, m.Nodes, m.Nodes6, m.Values, m.Text, m.Body, m.RawIP,
			m.Packet, m.V, m.K, m.Sig, m.Salt, m.Samples, m.SeedFilter, m.PeerFilter} {
			if !within(packet, found) {
				t.Errorf("%q is not a part of the datagram", found)
			}
		}
		var again Message
		if err := again.Parse(writtenAgain(&m)); err != nil || plain(&again) != plain(&m) {
			t.Errorf("written again: %v\n got %q\nwant %q", err, plain(&again), plain(&m))
		}
	})
}

// within reports whether part aliases bytes of whole: two slices of one array
// end their capacity in the same place.
func within(whole, part []byte) bool {
	if cap(part) == 0 {
		return len(part) == 0
	}
	start := cap(whole) - cap(part)
	return start >= 0 && start+len(part) <= len(whole) && &whole[:cap(whole)][cap(whole)-1] == &part[:cap(part)][cap(part)-1]
}

// plain is what the raw writers can repeat of m: no address for a querier, no
// body beside an error, no difference between an empty string and none.
func plain(m *Message) string {
	p := *m
	p.Has &^= HasBody
	switch p.Kind {
	case KindQuery:
		p.RawIP = nil
	case KindError:
		p = Message{Kind: p.Kind, Code: p.Code, Tx: p.Tx, Text: append([]byte{}, p.Text...), Version: p.Version, RawIP: p.RawIP}
	}
	if len(p.Version) == 0 {
		p.Version = nil
	}
	return string(p.Tx) + shown(&p)
}

// writtenAgain writes m around its own body.
func writtenAgain(m *Message) []byte {
	ip, _ := m.ExternalAddr()
	body := m.Body
	if body == nil {
		body = []byte("de")
	}
	switch m.Kind {
	case KindQuery:
		return AppendQuery(nil, string(m.Method), body, m.Tx, string(m.Version), m.ReadOnly)
	case KindResponse:
		return AppendResponse(nil, body, m.Tx, ip, string(m.Version))
	}
	return AppendError(nil, m.Code, string(m.Text), m.Tx, ip, string(m.Version))
}

// FuzzCheckBencode holds the scanner against zeebo/bencode, which works behind
// it: what passes the scanner is read to its end, and written again byte for
// byte if it was canonical.
func FuzzCheckBencode(f *testing.F) {
	for _, packet := range bep5 {
		f.Add([]byte(packet))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := CheckBencode(b); err != nil {
			if v, err2 := DecodeValue(b); v != nil || err2 == nil || !errors.Is(err, ErrBencode) {
				t.Errorf("%v, and yet decoded: %v", err, v)
			}
			return
		}
		d := bencode.NewDecoder(bytes.NewReader(b))
		var raw bencode.RawMessage
		if err := d.Decode(&raw); err != nil || !bytes.Equal(raw, b) {
			t.Errorf("zeebo/bencode disagrees: %v, %q", err, raw)
		}
		v, err := DecodeValue(b)
		if errors.Is(err, strconv.ErrRange) {
			return // well-formed, but with an integer beyond int64
		} else if err != nil {
			if !losesKeys(b) {
				t.Fatal(err)
			}
			return
		}
		again, err := EncodeValue(v)
		if err != nil || CheckBencode(again) != nil || !Canonical(again) {
			t.Fatalf("written again: %v, %q", err, again)
		}
		if Canonical(b) && !bytes.Equal(again, b) {
			t.Errorf("canonical, but written again as %q", again)
		}
		if v2, err := DecodeValue(again); err != nil || !reflect.DeepEqual(v, v2) {
			t.Errorf("read again: %v, %v; first %v", err, v2, v)
		}
	})
}

// losesKeys reports whether a value is shorter after it was in memory: then a
// dictionary had a key twice.
func losesKeys(b []byte) bool {
	var v any
	if err := bencode.DecodeBytes(b, &v); err != nil {
		return false
	}
	again, err := bencode.EncodeBytes(v)
	return err == nil && len(again) < len(b)
}

// FuzzEachContact: every usable entry of a list that is whole comes out once, in order, and
// nothing else; of any other list nothing does.
func FuzzEachContact(f *testing.F) {
	f.Add([]byte(abc+peer4+mno+dead4+"tail"), false)
	f.Add([]byte(abc+peer6), true)
	f.Add([]byte(abc+peer6), false)
	f.Add([]byte(abc+peer4+mno), false)
	f.Add([]byte(wrappedNodes(Contact{ID{1}, addr("1.2.3.4:5")}, Contact{ID{2}, addr("1.2.3.5:0")})), false)
	f.Fuzz(func(t *testing.T, raw []byte, v6 bool) {
		size := compactContact4
		if v6 {
			size = compactContact6
		}
		list := raw
		if !v6 && wrapped(raw) {
			list = unwrapped(raw)
		}
		rest := list
		whole := EachContact(raw, v6, func(c Contact) {
			entry := AppendContact(nil, c)
			for len(rest) >= size && !bytes.Equal(rest[:size], entry) { // those that were skipped
				rest = rest[size:]
			}
			if len(rest) < size {
				t.Fatalf("%v is not in the list, or not in this place", c)
			}
			if c.Addr.Port() == 0 || c.Addr.Addr().Is4In6() || c.Addr.Addr().Is4() == v6 {
				t.Errorf("%v should not come out", c)
			}
			rest = rest[size:]
		})
		if whole != (len(list)%size == 0) || !whole && len(rest) != len(list) {
			t.Errorf("%d bytes: whole %v, and %d were read", len(raw), whole, len(list)-len(rest))
		}
	})
}

// unwrapped is a list of wrapped addresses in the form that it should have.
func unwrapped(raw []byte) (list []byte) {
	for ; len(raw) > 0; raw = raw[compactContact6:] {
		list = append(append(list, raw[:IDLen]...), raw[compactContact6-compactAddr4:compactContact6]...)
	}
	return list
}
