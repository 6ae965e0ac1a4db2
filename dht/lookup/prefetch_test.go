package lookup

import (
	"net/netip"
	"testing"
	"unsafe"

	"github.com/lightdht/lightdht/dht/krpc"
)

// What the next answer is compared with is loaded; an empty walk loads its index only.
func TestPrefetch(t *testing.T) {
	fetched := map[unsafe.Pointer]uintptr{}
	fetch := func(p unsafe.Pointer, bytes uintptr) { fetched[p] = bytes }
	w := New(Config{Width: 1})
	if w.Prefetch(fetch); len(fetched) != 1 {
		t.Errorf("an empty walk fetched %v, more than its index", fetched)
	}
	var found []krpc.Contact
	for i := range byte(3) {
		found = append(found, krpc.Contact{ID: krpc.ID{i + 1}, Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, i}), 1)})
	}
	asks := w.Step(Event{Kind: Start, Found: found}, nil)
	w.Prefetch(fetch)
	if fetched[unsafe.Pointer(w.index)] != 512 || fetched[unsafe.Pointer(&w.waiting[0])] != 2*16 ||
		fetched[unsafe.Pointer(w.find(asks[0].Addr))] != 64 {
		t.Errorf("fetched %v", fetched)
	}
}
