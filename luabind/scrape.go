package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
)

var swarmType = class{
	Name: "dht.Swarm", Text: "How many take part in a torrent; estimates are good to a few per cent up to some 6000 of each.",
	Fields: []field{
		{Name: "seeds", Type: "number", Text: "Hosts that have all of it."},
		{Name: "peers", Type: "number", Text: "Hosts that have not."},
		{Name: "filters", Type: "integer", Text: "Nodes that told it by Bloom filters."},
		{Name: "lists", Type: "integer", Text: "Nodes that do not know of those and listed peers, which count as no seeds."},
	},
}

func swarmValue(L *lua.LState, s dht.Swarm) *lua.LTable {
	t := shaped(L, &swarmType, 4)
	t.RawSetString("seeds", lua.LNumber(s.Seeds))
	t.RawSetString("peers", lua.LNumber(s.Peers))
	t.RawSetString("filters", lua.LNumber(s.Filters))
	t.RawSetString("lists", lua.LNumber(s.Lists))
	return t
}
