package table

import (
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht/krpc"
)

// A table whose order continues that of another one keeps times all the same, also on clocks that
// count from long ago.
func TestSkipKeepsTime(t *testing.T) {
	const today = 56 * 365 * 24 * time.Hour // since 1970
	b := NewBuckets(krpc.ID{}, Config{})
	b.Skip(90_000_000) // the other one is a day old
	b.Answered(at(today), node(0x80), second/10, nil)
	b.Answered(at(today+time.Hour), node(0x81), second/10, nil)
	for id, want := range map[byte]time.Duration{0x80: today, 0x81: today + time.Hour} {
		e, ok := b.Get(at(today+time.Hour), node(id).ID)
		if !ok || e.LastReply != at(want) || e.FirstSeen != at(want) || e.Seq < 89_999_999 {
			t.Errorf("%x: %+v, want a reply at %v", id, e, want)
		}
	}
	b.Queried(at(today+time.Hour), node(0x40), nil)
	next, ok := b.Next()
	if due := at(today + time.Hour + time.Minute); !ok || next > due {
		t.Errorf("whoever queried us waits for a ping until %v", next)
	}
}

// The contacts of a table under the old id stay under the new one, each in its bucket.
func TestMove(t *testing.T) {
	b := NewBuckets(krpc.ID{}, Config{})
	for i := range 8 {
		b.Answered(at(second), node(byte(0x80+i)), second/10, nil)
		b.Answered(at(second), node(byte(0x10+i)), second/10, nil)
	}
	b.Move(at(second), krpc.ID{0x81, 1})
	for i := range 8 {
		for _, c := range []krpc.Contact{node(byte(0x80 + i)), node(byte(0x10 + i))} {
			if s, member := b.find(&c.ID); !member || s.id != c.ID {
				t.Errorf("%v was lost", c)
			}
		}
	}
	near := b.Serve(at(second), krpc.ID{0x81}, 1, nil)
	if len(near) != 1 || near[0] != node(0x81) {
		t.Errorf("nearest is %v", near)
	}
}
