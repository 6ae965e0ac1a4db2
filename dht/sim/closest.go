package sim

import (
	"cmp"
	"slices"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Closest returns the k members online that are nearest to target, nearest first: the truth, which
// no node of the network knows.
func (w *World) Closest(target krpc.ID, k int) []Member { return w.ClosestIn(dht.Both, target, k) }

// ClosestIn does the same for one of the two networks of BEP 32; all members are in that of IPv4.
func (w *World) ClosestIn(family dht.Family, target krpc.ID, k int) []Member {
	if k < 1 {
		return nil
	}
	w.byID.settle()
	there := func(e entry) bool {
		return w.member(e.number).online && (family != dht.V6 || w.dual(e.number))
	}
	found := append(w.byID.around(target, k, there), w.byID.fresh...)
	found = slices.DeleteFunc(found, func(e entry) bool { return !there(e) })
	slices.SortFunc(found, func(a, b entry) int {
		return cmp.Or(krpc.Closer(target, a.id, b.id), cmp.Compare(a.number, b.number))
	})
	closest := make([]Member, 0, min(k, len(found)))
	for _, e := range found[:min(k, len(found))] {
		closest = append(closest, w.describe(e.number))
	}
	return closest
}

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
