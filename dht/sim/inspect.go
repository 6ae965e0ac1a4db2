package sim

import (
	"slices"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// ClosestAskable does what ClosestIn does, but only among members that a search can find: those
// that answer queries of strangers, under their ids. It leaves out members that are behind NAT,
// read-only, silent or of wrong ids. A partition is ignored, as there are strangers on either side.
func (w *World) ClosestAskable(family dht.Family, target krpc.ID, k int) []Member {
	for among := k; ; among *= 2 {
		there := w.ClosestIn(family, target, among)
		all := len(there) < among
		found := slices.DeleteFunc(there, func(m Member) bool { return !w.askable(uint32(m.Index), family == dht.V6) })
		if all || len(found) >= k {
			return found[:min(max(k, 0), len(found))]
		}
	}
}
