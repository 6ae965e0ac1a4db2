package luabind

import (
	"cmp"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
	"github.com/lightdht/lightdht/luabind/plain"
)

// storedFunctions list what a node stores for others. They exist on every node.
var storedFunctions = []function{
	{
		Name: "announced", Returns: args("torrents: dht.Announced[]"),
		Text: "The torrents and peers that other nodes have announced to this node, sorted by info-hash. The call changes nothing.",
		Do: func(c *call) int {
			var all []announced
			c.lend(func(_ dht.Time, n *dht.Node) { all = announcedTo(n) })
			return c.give(plain.List(c.L, all, func(a announced) lua.LValue { return c.node.announcedValue(c.L, a) }))
		},
	},
	{
		Name: "items", Returns: args("items: dht.StoredItem[]"),
		Text: "The items of BEP 44 that other nodes have put at this node, sorted by target. bencode.decode reads the values. The call changes nothing.",
		Do: func(c *call) int {
			var all []storedItem
			c.lend(func(_ dht.Time, n *dht.Node) { all = itemsAt(n) })
			return c.give(plain.List(c.L, all, func(s storedItem) lua.LValue { return c.node.storedItemValue(c.L, s) }))
		},
	},
}

var announcedType = class{
	Name: "dht.Announced", Text: "A torrent that was announced to a node.",
	Fields: []field{
		{Name: "infohash", Type: "id", Text: "Its info-hash."},
		{Name: "peers", Type: "dht.StoredPeer[]", Text: "Its peers, sorted by address."},
	},
}

var storedPeerType = class{
	Name: "dht.StoredPeer", Text: "A peer that a node stores.",
	Fields: []field{
		{Name: "addr", Type: "address", Text: "The address that the node gives to others."},
		{Name: "seed", Type: "boolean", Text: "It announced that it has the whole torrent (BEP 33)."},
		{Name: "last", Type: "seconds", Text: "When it was last announced, in the time of task.now()."},
	},
}

var storedItemType = class{
	Name: "dht.StoredItem", Text: "An item of BEP 44 that a node stores.",
	Fields: append([]field{
		{Name: "target", Type: "id", Text: "Its target."},
		{Name: "last", Type: "seconds", Text: "When it was last put, in the time of task.now()."},
	}, itemFields...),
}

// announced is a torrent and its peers.
type announced struct {
	infoHash krpc.ID
	peers    []store.Peer
}

// announcedTo copies the announces that a node stores, sorted by info-hash and address.
func announcedTo(n *dht.Node) (all []announced) {
	n.Peers().Each(func(infoHash krpc.ID, peer store.Peer) {
		if len(all) == 0 || all[len(all)-1].infoHash != infoHash {
			all = append(all, announced{infoHash: infoHash})
		}
		a := &all[len(all)-1]
		a.peers = append(a.peers, peer)
	})
	slices.SortFunc(all, func(a, b announced) int { return a.infoHash.Compare(b.infoHash) })
	for _, a := range all {
		slices.SortFunc(a.peers, func(p, q store.Peer) int { return p.Addr.Compare(q.Addr) })
	}
	return all
}

func (n *node) announcedValue(L *lua.LState, a announced) lua.LValue {
	t := shaped(L, &announcedType, 2)
	t.RawSetString("infohash", idValue(a.infoHash))
	t.RawSetString("peers", plain.List(L, a.peers, func(p store.Peer) lua.LValue {
		t := shaped(L, &storedPeerType, 3)
		t.RawSetString("addr", addrValue(p.Addr))
		t.RawSetString("seed", lua.LBool(p.Seed))
		t.RawSetString("last", n.seconds(p.Last))
		return t
	}))
	return t
}

// storedItem is an item and when it was last put.
type storedItem struct {
	target krpc.ID
	item   krpc.Item
	last   krpc.Time
}

// itemsAt copies the items that a node stores, in the order of targets.
func itemsAt(n *dht.Node) (all []storedItem) {
	n.Items().Each(func(target krpc.ID, it *krpc.Item, last krpc.Time) {
		all = append(all, storedItem{target, it.Clone(), last})
	})
	slices.SortFunc(all, func(a, b storedItem) int {
		return cmp.Or(a.target.Compare(b.target), cmp.Compare(a.last, b.last))
	})
	return all
}

func (n *node) storedItemValue(L *lua.LState, s storedItem) lua.LValue {
	t := shaped(L, &storedItemType, 7)
	t.RawSetString("target", idValue(s.target))
	t.RawSetString("last", n.seconds(s.last))
	describeItem(t, &s.item)
	return t
}
