package krpc

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// FuzzItem: an item that may be stored comes through a put and a get unchanged,
// and one that may not does not come through a put.
func FuzzItem(f *testing.F) {
	f.Add([]byte("12:Hello World!"), []byte("foobar"), int64(1), true)
	f.Add([]byte("d1:bi1e1:ai1ee"), []byte(nil), int64(-1), true)
	f.Add([]byte(text(1000)), []byte(strings.Repeat("s", 65)), int64(1<<63-1), false)
	f.Fuzz(func(t *testing.T, value, salt []byte, seq int64, mutable bool) {
		it := Item{Value: value}
		if mutable {
			it = signedItem(string(value), string(salt), seq)
		}
		reason := it.Check()
		var m Message
		put := Query{Method: "put", Tx: []byte("aa"), Token: []byte("tokn"), Item: &it}
		if err := m.Parse(put.Append(nil)); err != nil {
			if reason == nil {
				t.Fatalf("it may be stored, and cannot be read: %v", err)
			}
			return
		}
		if reason == nil {
			overTheWire(t, &it)
			return
		}
		// A value that is no bencode can still continue the message with another.
		if got, _ := m.PutItem(); got.Value != nil && sameItem(&got, &it) {
			t.Errorf("%v, and yet it may be put", reason)
		}
	})
}

// FuzzPutItem: whatever the arguments of a put, what comes out may be stored, and
// lies in the datagram.
func FuzzPutItem(f *testing.F) {
	for _, it := range []Item{{Value: []byte("5:hello")}, signedItem("5:hello", "", 1), signedItem("d1:ale1:bdee", "salt", 2)} {
		var m Message
		put := Query{Method: "put", Tx: []byte("aa"), Token: []byte("tokn"), Item: &it, Cas: new(int64(1))}
		if err := m.Parse(put.Append(nil)); err != nil {
			f.Fatal(err)
		}
		f.Add(slices.Clone(m.Body))
	}
	f.Fuzz(func(t *testing.T, args []byte) {
		var m Message
		if m.Parse(AppendQuery(nil, "put", args, []byte("aa"), "", false)) != nil {
			return
		}
		it, reason := m.PutItem()
		if reason != nil {
			if it.Value != nil {
				t.Errorf("%v, and yet %+v", reason, it)
			}
			return
		}
		if reason := it.Check(); reason != nil || !Canonical(m.Body) {
			t.Errorf("let through, and yet %v: %q", reason, m.Body)
		}
		if !within(m.Packet, it.Value) || !within(m.Packet, it.Salt) {
			t.Errorf("%+v is not a part of the datagram", it)
		}
		answer := Response{Tx: m.Tx, Item: &it}
		if err := m.Parse(answer.Append(nil)); err != nil {
			t.Fatal(err)
		}
		if got, err := m.Item(it.Target(), it.Salt); err != nil || !sameItem(&got, &it) {
			t.Errorf("got %+v, %v\nwant %+v", got, err, it)
		}
	})
}

// FuzzFilters: a filter is taken only at its right length, its name's owner wins,
// and counting it gives a number that can be shown.
func FuzzFilters(f *testing.F) {
	f.Add(filter(3)[:], filter(0)[:], filter(1)[:])
	f.Add([]byte(nil), filter(9000)[:], []byte("short"))
	f.Add(bytes.Repeat([]byte{0xff}, 256), []byte(nil), bytes.Repeat([]byte{0xff}, 257))
	f.Fuzz(func(t *testing.T, sd, se, pe []byte) {
		rets := []byte("d")
		for _, e := range []struct {
			key   string
			value []byte
		}{{"BFpe", pe}, {"BFsd", sd}, {"BFse", se}} {
			rets = AppendString(AppendString(rets, e.key), e.value)
		}
		var m Message
		if err := m.Parse(AppendResponse(nil, append(rets, 'e'), []byte("aa"), addr("1.2.3.4:5"), "")); err != nil {
			t.Fatal(err)
		}
		want := se
		if len(sd) == len(Bloom{}) {
			want = sd
		}
		takes(t, &m, HasSeedFilter, m.SeedFilter, want)
		takes(t, &m, HasPeerFilter, m.PeerFilter, pe)
	})
}

func takes(t *testing.T, m *Message, has Fields, got, want []byte) {
	t.Helper()
	if len(want) != len(Bloom{}) {
		if m.Has&has != 0 || got != nil || m.Bad&has == 0 {
			t.Errorf("%d bytes were taken", len(want))
		}
		return
	}
	if m.Has&has == 0 || !bytes.Equal(got, want) {
		t.Fatalf("got %x\nwant %x", got, want)
	}
	a := Bloom(got)
	if n := a.Count(); !(n == 0 || n > 0.4 && n < 7806) {
		t.Errorf("a count of %v", n)
	}
	b := a
	if b.Union(&a); b != a {
		t.Error("united with itself it is another")
	}
	if ip := host4(len(want)); !a.Has(ip) {
		if b.Add(ip); b == a || !b.Has(ip) {
			t.Error("an address that cannot be added")
		}
	}
}

// FuzzSamples: every info-hash of a list that is whole comes out once and in order; of
// any other none does.
func FuzzSamples(f *testing.F) {
	f.Add([]byte(abc + mno))
	f.Add([]byte(abc + "x"))
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var m Message
		rets := append(AppendString([]byte("d7:samples"), raw), 'e')
		if err := m.Parse(AppendResponse(nil, rets, []byte("aa"), addr("1.2.3.4:5"), "")); err != nil {
			t.Fatal(err)
		}
		var samples []ID
		whole := m.EachSample(func(id ID) { samples = append(samples, id) })
		if m.Has&HasSamples == 0 || whole != (len(raw)%IDLen == 0) || whole != (m.Bad&HasSamples == 0) {
			t.Errorf("%d bytes: whole %v, bad %v", len(raw), whole, m.Bad)
		}
		if !whole {
			raw = nil
		}
		r := Response{Tx: []byte("aa"), Sampled: true, Samples: samples}
		if err := m.Parse(r.Append(nil)); err != nil || !bytes.Equal(m.Samples, raw) {
			t.Errorf("written again: %q, %v", m.Samples, err)
		}
	})
}
