package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// saved are entries of many kinds.
func saved() []Entry {
	src := source(1)
	var all []Entry
	for i, version := range []string{"", "LT\x02\x08", "UT12", "0x4", "\x00", "<&>"} {
		e := Entry{Contact: number(i, src), Version: version, FirstSeen: krpc.Time(i), LastSeen: 1_786_000_000_123_456_789}
		e.Queries, e.Failures = uint32(i), math.MaxUint32
		if i%2 == 1 {
			e.Replies, e.LastReply, e.RTT = 3, e.LastSeen-1, 123456*time.Microsecond
		}
		all = append(all, e)
	}
	all[1] = Entry{Contact: moved(all[1].Contact, "[2001:db8::1]:7"), FirstSeen: -1_500_000_000, LastSeen: -1}
	return all
}

func decode(r io.Reader) (all []Entry, err error) {
	err = Decode(r, func(e Entry) error { all = append(all, e); return nil })
	return all, err
}

func TestEncodeDecode(t *testing.T) {
	var buf bytes.Buffer
	if err := Encode(&buf, slices.Values(saved())); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(buf.String()) {
		if len(line) > 400 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
	got, err := decode(iotest.OneByteReader(&buf))
	if err != nil || !reflect.DeepEqual(got, saved()) {
		t.Errorf("got %v\n%+v\nwant\n%+v", err, got, saved())
	}
}

func TestEncodeText(t *testing.T) {
	var buf bytes.Buffer
	e := Entry{Contact: node(0x40), Version: "LT\x02\x08", RTT: 103 * time.Millisecond, FirstSeen: 1e9, LastSeen: 2_500_000_000,
		LastReply: 2_500_000_000, Queries: 2, Replies: 1, Failures: 1, Status: Good}
	if err := Encode(&buf, slices.Values([]Entry{e})); err != nil {
		t.Fatal(err)
	}
	want := `{"format":"lightdht table","version":1}
{"id":"4000000000000000000000000000000000000000","addr":"10.0.0.64:6881","version":"0x4c540208","rtt":0.103,"first_seen":1,"last_seen":2.5,"last_reply":2.5,"queries":2,"replies":1,"failures":1}
`
	if buf.String() != want {
		t.Errorf("got\n%swant\n%s", buf.String(), want)
	}
}

func TestEncodeReportsTheWriter(t *testing.T) {
	full := errors.New("disk full")
	err := Encode(failing{full}, slices.Values(saved()))
	if !errors.Is(err, full) || err.Error() != "table: save: disk full" {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestDecodeRefuses(t *testing.T) {
	const head = `{"format":"lightdht table","version":1}` + "\n"
	entry := func(fields string) string {
		return head + "\n" + `{"id":"4000000000000000000000000000000000000000","addr":"10.0.0.64:6881"` + fields + "}\n"
	}
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":           {"", `table: line 1: not a saved table: it should begin with {"format":"lightdht table","version":1}`},
		"another file":      {"#!/bin/sh\n", `table: line 1: not a saved table: it should begin with {"format":"lightdht table","version":1}`},
		"another JSON file": {`{"format":"notes"}`, `table: line 1: not a saved table: it should begin with {"format":"lightdht table","version":1}`},
		"a later version":   {`{"format":"lightdht table","version":2}`, "table: line 1: saved in version 2 of the format, but this program reads version 1"},
		"cut off":           {strings.TrimSuffix(entry(""), "}\n"), "table: line 3: unexpected end of JSON input"},
		"a long line":       {head + strings.Repeat(" ", MaxLine+1) + "\n", "table: line 2: more than 4096 bytes"},
		"an endless line":   {strings.Repeat("x", 1e6), "table: line 1: more than 4096 bytes"},
		"no id":             {head + `{"addr":"10.0.0.1:1"}`, "table: line 2: krpc: an id has 40 hex digits, got 0 characters"},
		"no address":        {head + `{"id":"4000000000000000000000000000000000000000"}`, "table: line 2: addr: not an ip:port"},
		"a long version":    {entry(`,"version":"12345"`), `table: line 3: version: "12345" has more than 4 bytes`},
		"a bad version":     {entry(`,"version":"0x1"`), "table: line 3: version: encoding/hex: odd length hex string"},
		"a time too large":  {entry(`,"last_seen":1e300`), "table: line 3: last_seen: 1e300 is not a time in seconds"},
		"a negative count":  {entry(`,"queries":-1`), "table: line 3: json: cannot unmarshal number -1 into Go struct field line.queries of type uint32"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decode(strings.NewReader(tt.text))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestDecodeIgnoresWhatItDoesNotKnow(t *testing.T) {
	got, err := decode(strings.NewReader(`{"format":"lightdht table","version":1,"by":"x"}` + "\r\n\n" +
		`{"id":"4000000000000000000000000000000000000000","addr":"10.0.0.64:6881","colour":[{}]}`))
	if err != nil || len(got) != 1 || got[0].Contact != node(0x40) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestDecodeStopsAtAnError(t *testing.T) {
	var buf bytes.Buffer
	if err := Encode(&buf, slices.Values(saved())); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	for n, r := range map[int]io.Reader{
		3: bytes.NewReader(buf.Bytes()),
		4: io.MultiReader(strings.NewReader(strings.Join(strings.SplitAfter(buf.String(), "\n")[:3], "")), iotest.ErrReader(broken)),
	} {
		left := n - 1
		err := Decode(r, func(Entry) error {
			if left--; left == 0 {
				return broken
			}
			return nil
		})
		if want := fmt.Sprintf("table: line %d: broken", n); !errors.Is(err, broken) || err.Error() != want {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func TestRestore(t *testing.T) {
	now := at(time.Hour)
	each(t, own, Config{}, func(t *testing.T, table both) {
		table.Answered(now, node(0x80), 0, nil)
		old := Entry{Contact: node(0x40), Version: "LD01", RTT: time.Second, FirstSeen: 5, LastSeen: now + 1, LastReply: 7,
			Queries: 3, Replies: 2, Failures: 1, Status: Good}
		if !table.Restore(now, old) || table.Restore(now, old) || table.Restore(now, Entry{Contact: node(0x80), Version: "xx"}) {
			t.Error("restored what is known, or not what is not")
		}
		if e, _ := table.Get(now, node(0x80).ID); e.Version != "" || e.Status != Good {
			t.Errorf("what was known has changed: %+v", e)
		}
		e, _ := table.Get(now, old.ID)
		if e.Status != Unverified || e.Version != "LD01" || served(table, now, old.ID) {
			t.Errorf("restored: %+v", e)
		}
		if _, flat := table.(*Flat); flat {
			old.Seq, old.LastSeen, old.Status = e.Seq, now, Unverified
			if !reflect.DeepEqual(e, old) {
				t.Errorf("got %+v, want %+v", e, old)
			}
		}
		table.Answered(now, old.Contact, 0, nil)
		if statusOf(t, table, now, old.ID) != Good {
			t.Error("not good after its answer")
		}
	})
}
