package table

import (
	"testing"
	"unsafe"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Each step fetches what its name says, and an empty table nothing but itself.
func TestForesee(t *testing.T) {
	var fetched []uintptr // beginnings and lengths
	fetch := func(p unsafe.Pointer, bytes uintptr) { fetched = append(fetched, uintptr(p), bytes) }
	covers := func(p unsafe.Pointer) bool {
		for i := 0; i < len(fetched); i += 2 {
			if from := fetched[i]; uintptr(p) >= from && uintptr(p) < from+fetched[i+1] {
				return true
			}
		}
		return false
	}

	b := NewBuckets(krpc.ID{}, Config{})
	member := node(0x80)
	steps := map[string]func(){
		"any": func() { b.ForeseeAny(fetch) }, "id": func() { b.ForeseeID(fetch, &member.ID) },
		"near": func() { b.ForeseeNear(fetch, &member.ID) }, "upkeep": func() { b.ForeseeUpkeep(fetch) },
	}
	for name, step := range steps {
		if step(); len(fetched) > 0 {
			t.Errorf("%s: an empty table has nothing to fetch", name)
		}
	}
	for i := range 30 {
		b.Answered(at(second), node(byte(0x80+i)), second/10, []byte("LD"))
		b.Answered(at(second), node(byte(1+i)), second/10, []byte("LD"))
	}
	slot, isMember := b.find(&member.ID)
	if !isMember {
		t.Fatal("it is not in the table")
	}
	for name, p := range map[string]unsafe.Pointer{
		"any": unsafe.Pointer(&b.spans[0]), "id": unsafe.Pointer(slot), "near": unsafe.Pointer(slot), "upkeep": unsafe.Pointer(&b.in(b.laziest())[0]),
	} {
		if fetched = nil; !covers(p) {
			steps[name]()
		}
		if !covers(p) {
			t.Errorf("%s: what it is about was not fetched", name)
		}
	}
	b.Foresee(fetch)
	if !covers(unsafe.Pointer(b)) {
		t.Error("the table itself was not fetched")
	}
}
