package table

import (
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// both is what a node asks of its table; package dht declares the like.
type both interface {
	Heard(now krpc.Time, c krpc.Contact) (fresh bool)
	Queried(now krpc.Time, c krpc.Contact, version []byte) (fresh bool)
	Asked(now krpc.Time, c krpc.Contact)
	Answered(now krpc.Time, c krpc.Contact, rtt time.Duration, version []byte) (fresh bool)
	Silent(now krpc.Time, c krpc.Contact)
	Restore(now krpc.Time, e Entry) bool
	Len() int
	Get(now krpc.Time, id krpc.ID) (Entry, bool)
	Closest(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact
	Serve(now krpc.Time, target krpc.ID, n int, dst []krpc.Contact) []krpc.Contact
	Nearest(now krpc.Time, target krpc.ID, n int) []Entry
	Page(now krpc.Time, from int, dst []Entry) (entries []Entry, next int)
	End() int
	Remove(id krpc.ID) bool
	Next() (krpc.Time, bool)
	Due(now krpc.Time, src krpc.Source) (job Job, ok bool)
}

var (
	_ both = (*Flat)(nil)
	_ both = (*Buckets)(nil)
)

// each runs a test on both tables; own is the id of their node.
func each(t *testing.T, own krpc.ID, cfg Config, f func(t *testing.T, table both)) {
	t.Run("flat", func(t *testing.T) { f(t, NewFlat(own, cfg)) })
	t.Run("buckets", func(t *testing.T) { f(t, NewBuckets(own, cfg)) })
}

// node returns the contact with id b000...00, at 10.0.0.b:6881.
func node(b byte) krpc.Contact {
	return krpc.Contact{ID: krpc.ID{b}, Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, b}), 6881)}
}

func moved(c krpc.Contact, addr string) krpc.Contact {
	c.Addr = netip.MustParseAddrPort(addr)
	return c
}

func at(d time.Duration) krpc.Time { return krpc.Time(d) }

// own is far from the ids of node.
var own = krpc.ID{0, 0xff}

func statusOf(t *testing.T, table both, now krpc.Time, id krpc.ID) Status {
	t.Helper()
	e, ok := table.Get(now, id)
	if !ok {
		t.Fatalf("%v is not known", id)
	}
	return e.Status
}

// The states of BEP 5, over time.
func TestStates(t *testing.T) {
	const min = time.Minute
	type step struct {
		at   time.Duration
		what string
		want Status
	}
	for name, steps := range map[string][]step{
		"never answered": {{0, "queried", Unverified}, {min, "silent", Unverified}, {2 * min, "silent", Unverified}, {3 * min, "silent", Bad}},
		"a reply lasts 15 minutes": {{0, "answered", Good}, {15*min - time.Second, "", Good}, {15 * min, "", Questionable},
			{16 * min, "answered", Good}, {31*min - time.Second, "", Good}, {31 * min, "", Questionable}},
		"a query counts once it has answered": {{0, "answered", Good}, {16 * min, "", Questionable}, {17 * min, "queried", Good},
			{32*min - time.Second, "", Good}, {32 * min, "", Questionable}},
		"a query alone proves nothing": {{0, "queried", Unverified}, {min, "queried", Unverified}, {2 * min, "answered", Good}},
		"bad at three in a row": {{0, "answered", Good}, {min, "silent", Good}, {min, "silent", Good}, {min, "silent", Bad},
			{2 * min, "queried", Bad}, {2 * min, "answered", Good}, {3 * min, "silent", Good}},
		"a reply in between starts the count again": {{0, "answered", Good}, {min, "silent", Good}, {min, "silent", Good},
			{min, "answered", Good}, {min, "silent", Good}, {min, "silent", Good}, {16 * min, "", Questionable}, {17 * min, "silent", Bad}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, own, Config{}, func(t *testing.T, table both) {
				c := node(0x40)
				for i, s := range steps {
					now := at(s.at)
					switch s.what {
					case "queried":
						table.Queried(now, c, nil)
					case "answered":
						table.Asked(now, c)
						table.Answered(now, c, time.Second, nil)
					case "silent":
						table.Asked(now, c)
						table.Silent(now, c)
					}
					if got := statusOf(t, table, now, c.ID); got != s.want {
						t.Fatalf("step %d, %q at %v: %v, want %v", i, s.what, s.at, got, s.want)
					}
				}
			})
		})
	}
}

func TestEntry(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		c := node(0x40)
		table.Heard(at(10*time.Second), c)
		table.Asked(at(20*time.Second), c)
		table.Silent(at(25*time.Second), c)
		table.Asked(at(30*time.Second), c)
		table.Answered(at(31*time.Second), c, time.Second, []byte("LT\x02\x08 and more"))
		table.Queried(at(40*time.Second), c, nil)
		got, _ := table.Get(at(time.Minute), c.ID)
		want := Entry{
			Contact: c, Seq: got.Seq, Version: "LT\x02\x08", RTT: time.Second,
			FirstSeen: at(10 * time.Second), LastSeen: at(40 * time.Second), LastReply: at(31 * time.Second),
			Queries: 2, Replies: 1, Failures: 1, Status: Good,
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}

func TestFresh(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		for i, c := range []krpc.Contact{node(0x40), node(0x80), node(0xc0)} {
			hear := []func() bool{
				func() bool { return table.Heard(1, c) },
				func() bool { return table.Queried(1, c, nil) },
				func() bool { return table.Answered(1, c, 0, nil) },
			}
			if !hear[i]() {
				t.Errorf("%v: the first time is not fresh", c)
			}
			for _, again := range hear {
				if again() {
					t.Errorf("%v: fresh twice", c)
				}
			}
		}
		if table.Len() != 3 {
			t.Errorf("%d known, want 3", table.Len())
		}
	})
}

// A contact that the node never reported leaves no trace.
func TestStrangers(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		table.Asked(1, node(0x40))
		table.Silent(1, node(0x40))
		if table.Len() != 0 || table.Remove(node(0x40).ID) {
			t.Error("a contact only asked is known")
		}
		if _, ok := table.Next(); ok {
			t.Error("an empty table has work")
		}
		if _, ok := table.Due(at(time.Hour), source(1)); ok {
			t.Error("an empty table has a job")
		}
		if got := table.Serve(1, own, 8, nil); len(got) != 0 {
			t.Errorf("an empty table serves %v", got)
		}
	})
}

func TestIPv6(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		c, d := moved(node(0x40), "[2001:db8::1]:7"), moved(node(0x80), "[2001:db8::2]:8")
		for range 3 { // places of removed addresses are used again
			table.Answered(1, c, 0, nil)
			table.Answered(1, d, 0, nil)
			for _, want := range []krpc.Contact{c, d} {
				if e, _ := table.Get(1, want.ID); e.Contact != want {
					t.Errorf("got %v, want %v", e.Contact, want)
				}
			}
			table.Remove(c.ID)
		}
		if b, ok := table.(*Buckets); ok && len(*b.wide) != 2 {
			t.Errorf("%d IPv6 addresses kept, want 2", len(*b.wide))
		}
	})
}

func TestStatusString(t *testing.T) {
	for s, want := range map[Status]string{Unverified: "unverified", Good: "good", Questionable: "questionable", Bad: "bad", 9: "invalid"} {
		if s.String() != want {
			t.Errorf("%d is %q, want %q", s, s, want)
		}
	}
}
