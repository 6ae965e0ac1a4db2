package table

import (
	"testing"
	"unsafe"

	"github.com/lightdht/lightdht/dht/krpc"
)

// Each method loads what its name says, and of an empty table nothing.
func TestPrefetch(t *testing.T) {
	var loaded []uintptr // beginnings and lengths
	load := func(p unsafe.Pointer, bytes uintptr) { loaded = append(loaded, uintptr(p), bytes) }
	covers := func(p unsafe.Pointer) bool {
		for i := 0; i < len(loaded); i += 2 {
			if from := loaded[i]; uintptr(p) >= from && uintptr(p) < from+loaded[i+1] {
				return true
			}
		}
		return false
	}

	b := NewBuckets(krpc.ID{}, Config{})
	member, near := node(0x80), krpc.ID{0x40}
	steps := map[string]func(){
		"common": func() { b.Prefetch(load) }, "query": func() { b.PrefetchQuery(load, &near, &member.ID) },
		"answer": func() { b.PrefetchAnswer(load, &member.ID) }, "upkeep": func() { b.PrefetchUpkeep(load) },
	}
	for name, step := range steps {
		if step(); len(loaded) > 0 {
			t.Errorf("%s: an empty table has nothing to load", name)
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
		"common": unsafe.Pointer(&b.spans[0]), "query": unsafe.Pointer(slot), "answer": unsafe.Pointer(slot),
		"upkeep": unsafe.Pointer(&b.in(b.idlestBucket())[0]),
	} {
		if loaded = nil; !covers(p) {
			steps[name]()
		}
		if !covers(p) {
			t.Errorf("%s: what it is about was not loaded", name)
		}
	}
}
