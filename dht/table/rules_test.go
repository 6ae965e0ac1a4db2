package table

import (
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// The rules of safe insertion, numbered as in protocol.md section 3. Rules 5 and 6 are the node's.

func served(table both, now krpc.Time, id krpc.ID) bool {
	for _, c := range table.Serve(now, id, 8, nil) {
		if c.ID == id {
			return true
		}
	}
	return false
}

// Only a matched response verifies: no number of queries does (libtorrent's check
// leaks at the second).
func TestRule1OnlyThoseWhoAnsweredAreServed(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		c := node(0x40)
		table.Heard(1, c)
		for i := range 5 {
			table.Queried(krpc.Time(2+i), c, nil)
			if served(table, 9, c.ID) {
				t.Fatalf("served after %d queries", i+1)
			}
		}
		table.Answered(10, c, 0, nil)
		if !served(table, 11, c.ID) {
			t.Error("not served after its answer")
		}
		if served(table, at(16*time.Minute), c.ID) {
			t.Error("served though questionable")
		}
	})
}

func TestRule2OneEntryPerNetwork(t *testing.T) {
	contact := func(b byte, addr string) krpc.Contact { return moved(node(b), addr) }
	for _, tt := range []struct {
		name         string
		first, other krpc.Contact
		kept         bool
	}{
		{"same IP, other bucket", contact(0x80, "8.8.8.8:1"), contact(0x40, "8.8.8.8:2"), false},
		{"same /24, same bucket", contact(0x80, "8.8.8.8:1"), contact(0x81, "8.8.8.9:1"), false},
		{"same /24, other bucket", contact(0x80, "8.8.8.8:1"), contact(0x40, "8.8.8.9:1"), true},
		{"other /24", contact(0x80, "8.8.8.8:1"), contact(0x81, "8.8.9.8:1"), true},
		{"same /64", contact(0x80, "[2001:470::1]:1"), contact(0x81, "[2001:470::2]:1"), false},
		{"other /64", contact(0x80, "[2001:470::1]:1"), contact(0x81, "[2001:470:0:1::1]:1"), true},
		{"loopback", contact(0x80, "127.0.0.1:1"), contact(0x81, "127.0.0.1:2"), true},
		{"private", contact(0x80, "192.168.0.1:1"), contact(0x81, "192.168.0.1:2"), true},
		{"link-local", contact(0x80, "169.254.0.1:1"), contact(0x81, "169.254.0.1:2"), true},
		{"unique local", contact(0x80, "[fd00::1]:1"), contact(0x81, "[fd00::1]:2"), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, own, Config{Diverse: true, K: 1}, func(t *testing.T, table both) {
				table.Answered(1, node(0x20), 0, nil) // so that there are several buckets
				table.Answered(1, tt.first, 0, nil)
				buckets, ok := table.(*Buckets)
				if !ok {
					buckets = table.(*Flat).routes
				}
				buckets.k = 8
				table.Answered(2, tt.other, 0, nil)
				if got := served(table, 3, tt.other.ID); got != tt.kept {
					t.Errorf("in the buckets: %v, want %v", got, tt.kept)
				}
				for range BadAfter {
					table.Silent(4, tt.first)
				}
				table.Answered(5, tt.other, 0, nil)
				if !served(table, 6, tt.other.ID) {
					t.Error("not in the buckets although the first turned bad")
				}
			})
		})
	}
}

func TestRule2OffByDefault(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		table.Answered(1, moved(node(0x80), "8.8.8.8:1"), 0, nil)
		table.Answered(1, moved(node(0x81), "8.8.8.8:2"), 0, nil)
		if !served(table, 2, node(0x80).ID) || !served(table, 2, node(0x81).ID) {
			t.Error("two nodes of one address are not both served")
		}
	})
}

// Candidates of one address do not crowd out others either.
func TestRule2ForThoseWhoWait(t *testing.T) {
	b := NewBuckets(own, Config{Diverse: true})
	for i := range byte(20) {
		b.Queried(1, moved(node(0x40+i), netip.AddrPortFrom(netip.MustParseAddr("8.8.8.8"), uint16(i)+1).String()), nil)
	}
	if b.Len() != 1 {
		t.Errorf("%d known of one address, want 1", b.Len())
	}
}

func TestRule3AnotherIDAtAKnownAddress(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		old := node(0x40)
		table.Answered(1, old, 0, nil)
		table.Answered(2, moved(node(0x80), old.Addr.String()), 0, nil)
		if served(table, 3, old.ID) {
			t.Error("the id that is not at this address any more is still served")
		}
		if !served(table, 3, node(0x80).ID) {
			t.Error("the id that answered is not served")
		}
	})
}

// A claim alone, without an answer, removes no node.
func TestRule3NeedsAnAnswer(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		old := node(0x40)
		table.Answered(1, old, 0, nil)
		table.Queried(2, moved(node(0x80), old.Addr.String()), nil)
		if !served(table, 3, old.ID) {
			t.Error("removed by a query")
		}
	})
}

func TestRule4AnotherAddressForAKnownID(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		c := node(0x40)
		thief := moved(c, "10.9.9.9:6881")
		table.Answered(at(time.Second), c, 0, nil)
		for _, later := range []time.Duration{2 * time.Second, 20 * time.Minute} { // good, then questionable
			now := at(later)
			table.Heard(now, thief)
			table.Queried(now, thief, nil)
			table.Answered(now, thief, 0, nil)
			table.Silent(now, thief)
			e, _ := table.Get(now, c.ID)
			if e.Addr != c.Addr || e.Failures != 0 || e.LastSeen != at(time.Second) || e.Replies != 1 {
				t.Errorf("after %v: %+v", later, e)
			}
		}
		for range BadAfter {
			table.Silent(at(21*time.Minute), c)
		}
		if fresh := table.Answered(at(22*time.Minute), thief, 0, nil); fresh {
			t.Error("a known id is fresh")
		}
		if e, _ := table.Get(at(22*time.Minute), c.ID); e.Addr != thief.Addr || e.Status != Good || e.Replies != 2 {
			t.Errorf("a bad node's id was not handed on: %+v", e)
		}
		if table.Len() != 1 {
			t.Errorf("%d known, want 1", table.Len())
		}
	})
}

// Between two claims the first that answers wins.
func TestRule4TheFirstThatAnswered(t *testing.T) {
	each(t, own, Config{}, func(t *testing.T, table both) {
		claim, real := node(0x40), moved(node(0x40), "10.9.9.9:6881")
		table.Heard(1, claim)
		seq := table.End() - 1
		table.Queried(2, real, nil)
		table.Answered(3, real, 0, nil)
		e, _ := table.Get(4, claim.ID)
		if e.Addr != real.Addr || e.Status != Good || e.Seq != seq {
			t.Errorf("got %+v, want Seq %d", e, seq)
		}
		if _, flat := table.(*Flat); flat && (len(e.Others) != 1 || e.Others[0] != claim.Addr) {
			t.Errorf("others are %v, want %v", e.Others, claim.Addr)
		}
	})
}

func TestRule7NeverInserted(t *testing.T) {
	for name, c := range map[string]krpc.Contact{
		"own id":      {ID: own, Addr: node(1).Addr},
		"zero id":     {Addr: node(1).Addr},
		"port 0":      moved(node(0x40), "10.0.0.1:0"),
		"no address":  {ID: krpc.ID{0x40}},
		"0.0.0.0":     moved(node(0x40), "0.0.0.0:1"),
		"::":          moved(node(0x40), "[::]:1"),
		"v4 in v6":    moved(node(0x40), "[::ffff:10.0.0.1]:1"),
		"with a zone": moved(node(0x40), "[fe80::1%eth0]:1"),
	} {
		t.Run(name, func(t *testing.T) {
			each(t, own, Config{}, func(t *testing.T, table both) {
				fresh := table.Heard(1, c) || table.Queried(1, c, nil) || table.Answered(1, c, 0, nil) ||
					table.Restore(1, Entry{Contact: c})
				if fresh || table.Len() != 0 {
					t.Errorf("%v was inserted", c)
				}
			})
		})
	}
}

func TestRule8StopSplitting(t *testing.T) {
	src := source(1)
	b := NewBuckets(krpc.RandomID(src), Config{})
	for i := range 5000 {
		c := number(i, src)
		c.ID = c.ID.WithPrefix(b.own, i%160)
		b.Answered(1, c, 0, nil)
	}
	if len(b.spans) != maxBuckets || b.Len() != maxBuckets*8 {
		t.Errorf("%d buckets of %d nodes, want %d of %d", len(b.spans), b.Len(), maxBuckets, maxBuckets*8)
	}
}
