package lookup

import "unsafe"

// Foresee has what the next event needs brought into the processor's cache: fetch
// does so with so many bytes, and does not wait for them. It changes nothing.
func (w *Walk) Foresee(fetch func(p unsafe.Pointer, bytes uintptr)) {
	fetch(unsafe.Pointer(w.index), unsafe.Sizeof(*w.index))
	fetchAll(fetch, w.waiting[max(0, len(w.waiting)-nearWaiting):])
	fetchAll(fetch, w.nearest)
	fetchAll(fetch, w.flying)
	for _, r := range w.flying {
		fetchAll(fetch, w.nodes[r.node:r.node+1])
	}
}

// nearWaiting is how many of those who wait are likely to be compared with whom an
// answer names: the nearest.
const nearWaiting = 32

func fetchAll[T any](fetch func(p unsafe.Pointer, bytes uintptr), list []T) {
	if len(list) > 0 {
		fetch(unsafe.Pointer(&list[0]), uintptr(len(list))*unsafe.Sizeof(list[0]))
	}
}
