package luabind

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/krpc"
)

// dhtModule is `dht`, which asks the run's own node; nil without a network.
var dhtModule = module{
	Name:      "dht",
	Text:      "The node of this run: it searches the network, and is a member of it. Any other node has the same functions except dht.open: n:get_peers(h). For how long nodes store things, see lifetimes.",
	Functions: slices.Concat(walkFunctions, itemFunctions, torrentFunctions, memberFunctions, storedFunctions, []function{openFunction}),
	Fields:    nodeFields,
	Options: []*optionTable{
		&walkOptions, &peersOptions, &announceOptions, &getOptions, &torrentOptions, &putOptions,
		&openOptions, &eachOptions,
	},
	Types: []*class{
		&nodeClass, &tableClass, &subscriptionClass,
		&traceType, &stepType, &swarmType, &itemInfoType, &holderType, &announcedType, &storedPeerType, &storedItemType, &contactType, &entryType, &statsType,
		&queryType, &announceType, &errorClass,
	},
	Open: func(c *call, m *module) lua.LValue {
		b := c.b
		if b.own == nil {
			return lua.LNil
		}
		t := b.table(c.L, m, b.own)
		b.own.renamed = func(id krpc.ID) { t.RawSetString("id", idValue(id)) }
		b.own.hook()
		return t
	},
	Absent: "this run has no network",
}
