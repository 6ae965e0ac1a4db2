package lookup

import "github.com/lightdht/lightdht/dht/prefetch"

// Prefetch loads what the next event needs: the index, the nearest waiting candidates, and the
// candidates in flight. It changes nothing.
func (w *Walk) Prefetch(load prefetch.Loader) {
	prefetch.Value(load, w.index)
	prefetch.Slice(load, w.waiting[max(0, len(w.waiting)-nearWaiting):])
	prefetch.Slice(load, w.nearest)
	prefetch.Slice(load, w.flying)
	for _, r := range w.flying {
		prefetch.Slice(load, w.nodes[r.node:r.node+1])
	}
}

// nearWaiting is how many waiting candidates, the nearest, an answer's contacts are likely to be
// compared with.
const nearWaiting = 32
