package sim

import (
	"slices"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// ClosestAskable does what ClosestIn does among those members only that a stranger
// can ask and that answer under their ids: those whom a search can find. Behind
// NAT, read-only, silent and of wrong ids are the others. A partition is not looked
// at, as there are strangers on either side.
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
