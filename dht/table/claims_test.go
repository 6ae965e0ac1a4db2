package table

import (
	"testing"

	"github.com/lightdht/lightdht/dht/krpc"
)

// The oldest of the nodes that merely sent a query are forgotten; nodes that answered, or were
// named in an answer, are not.
func TestClaimsAreBounded(t *testing.T) {
	src := source(1)
	f := NewFlat(krpc.ID{1}, Config{Claims: 100})
	named, answered, shown := number(1, src), number(2, src), number(3, src)
	f.Named(1, named, answered.Addr.Addr())
	f.Queried(1, answered, nil)
	f.Answered(1, answered, 1e8, nil)
	f.Queried(1, shown, nil)
	f.Named(1, shown, answered.Addr.Addr())
	var claims []krpc.Contact
	for i := range 5000 {
		claims = append(claims, number(10+i, src))
		f.Queried(2, claims[i], []byte("LD"))
	}
	for what, c := range map[string]krpc.Contact{"named": named, "answered": answered, "named after its query": shown} {
		if _, ok := f.Get(3, c.ID); !ok {
			t.Errorf("who was %s is forgotten", what)
		}
	}
	if f.Len() != 103 {
		t.Errorf("%d known, want 103", f.Len())
	}
	for i, c := range claims {
		e, ok := f.Get(3, c.ID)
		if ok != (i >= 4900) || ok && (!e.Claimed || e.Version != "LD" || e.LastSeen != 2) {
			t.Fatalf("claim %d: %v %+v", i, ok, e)
		}
	}
}

// A claim is still a claim after it was saved and restored.
func TestClaimsAreRestored(t *testing.T) {
	src := source(1)
	f := NewFlat(krpc.ID{1}, Config{Claims: 10})
	for i := range 20 {
		f.Restore(1, Entry{Contact: number(i, src), Claimed: true})
		f.Restore(1, Entry{Contact: number(100+i, src), Claimed: true, Replies: 1})
		f.Restore(1, Entry{Contact: number(200+i, src)})
	}
	if f.Len() != 50 {
		t.Errorf("%d known, want 50", f.Len())
	}
}

// The nodes to ask first have answered once; of the others only a few were named by one address.
func TestProvenAndHearsay(t *testing.T) {
	src := source(1)
	f := NewFlat(krpc.ID{1}, Config{})
	liar := number(1, src)
	f.Answered(1, liar, 1e8, nil)
	for i := range 500 {
		f.Named(1, number(10+i, src), liar.Addr.Addr())
	}
	for i := range 5 {
		f.Queried(1, number(1000+i, src), nil)
	}
	if got := f.Proven(1, krpc.ID{2}, 32, nil); len(got) != 1 || got[0] != liar {
		t.Errorf("proven: %v", got)
	}
	if got := f.Hearsay(1, krpc.ID{2}, 600, nil); len(got) != 5+maxNamed {
		t.Errorf("%d of hearsay, want %d", len(got), 5+maxNamed)
	}
	for range BadAfter {
		f.Silent(2, liar)
	}
	if got := f.Proven(2, krpc.ID{2}, 32, nil); len(got) != 0 {
		t.Errorf("proven, and bad: %v", got)
	}
}
