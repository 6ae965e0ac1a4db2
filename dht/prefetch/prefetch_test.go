package prefetch

import (
	"testing"
	"unsafe"
)

// A value and a list are loaded whole, and of an empty list nothing is.
func TestRanges(t *testing.T) {
	var p unsafe.Pointer
	var n uintptr
	record := func(from unsafe.Pointer, bytes uintptr) { p, n = from, bytes }
	v := [5]uint64{}
	if Value(record, &v); p != unsafe.Pointer(&v) || n != 40 {
		t.Errorf("a value: %d bytes from %p", n, p)
	}
	if Slice(record, v[1:3]); p != unsafe.Pointer(&v[1]) || n != 16 {
		t.Errorf("a list: %d bytes from %p", n, p)
	}
	Slice(func(unsafe.Pointer, uintptr) { t.Error("an empty list is loaded") }, v[:0])
}

// A hint may point anywhere, and changes nothing.
func TestLoadIsHarmless(t *testing.T) {
	v := [...]byte{1, 2, 3}
	Load(unsafe.Pointer(&v), unsafe.Sizeof(v))
	Load(nil, 1<<10)
	if v != [...]byte{1, 2, 3} {
		t.Errorf("it became %v", v)
	}
}
