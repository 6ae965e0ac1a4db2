// Package prefetch asks the processor to bring memory into its cache before it is needed.
//
// A world of many simulated nodes has a working set far larger than the cache, but it knows which
// node handles an event next. It follows the pointers of that node one step per event, and each
// step loads what the next one reads. A hint never changes a result and never faults; on
// processors without an implementation it does nothing.
package prefetch

import "unsafe"

// Loader starts to load a number of bytes from p on into the cache, and does not wait for them.
// [Load] is the real one; a test passes its own to see what is loaded.
type Loader func(p unsafe.Pointer, bytes uintptr)

// Value loads what p points to. p may be nil.
func Value[T any](load Loader, p *T) { load(unsafe.Pointer(p), unsafe.Sizeof(*p)) }

// Slice loads the elements of list, up to its length.
func Slice[T any](load Loader, list []T) {
	if len(list) > 0 {
		load(unsafe.Pointer(&list[0]), uintptr(len(list))*unsafe.Sizeof(list[0]))
	}
}
