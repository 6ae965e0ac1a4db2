package luabind

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
)

// simModule is `sim`; nil on a real network.
var simModule = module{
	Name:    "sim",
	Text:    "The simulated network of this run: who is there, and what happens to datagrams. Nodes that scripts open, the run's own included, are not among its members.",
	Options: []*optionTable{&linkOptions},
	Types:   []*class{&memberType, &worldType},
	open: func(b *Bindings, L *lua.LState, m *module) lua.LValue {
		if b.options.Network.World == nil {
			return lua.LNil
		}
		return b.table(L, m, b.own)
	},
	Functions: []function{
		{
			Name: "size", Returns: "online: integer",
			Text: "How many members are online.",
			do:   func(c *call) int { return c.give(lua.LNumber(c.world().Size())) },
		},
		{
			Name: "stats", Returns: "stats: sim.Stats",
			Text: "What has happened in the network so far.",
			do: func(c *call) int {
				s, t := c.world().Stats(), c.L.NewTable()
				t.RawSetString("online", lua.LNumber(s.Online))
				for _, f := range []struct {
					name  string
					value uint64
				}{
					{"sent", s.Sent}, {"delivered", s.Delivered}, {"lost", s.Lost},
					{"unreachable", s.Unreachable}, {"events", s.Events},
				} {
					t.RawSetString(f.name, lua.LNumber(f.value))
				}
				t.RawSetString("time", secondsValue(c.b.engine.Now()))
				return c.give(t)
			},
		},
		{
			Name: "nodes", Returns: "members: sim.Member[]",
			Text: "All members there have been, in the order of joining.",
			do:   func(c *call) int { return c.give(c.members(c.world().All())) },
		},
		{
			Name: "node", Args: "which: integer|address", Returns: "node: dht.Node", Fails: true,
			Text: "A handle that drives one member of the population, by its place in sim.nodes() or its address. One that has left is a failure, \"not_found\".",
			do:   simNode,
		},
		{
			Name: "closest", Args: "target: id, k?: integer", Returns: "members: sim.Member[]",
			Text: "The truth, for recall: the k (8) members online that are nearest to a point of the key space, nearest first.",
			do: func(c *call) int {
				return c.give(c.members(c.world().Closest(c.id(1), c.optInteger(2, 8, 0, maxCount))))
			},
		},
		{
			Name: "add", Args: "n: integer", Returns: "members: sim.Member[]",
			Text: "Lets new members join, each through three random ones. They find their places within a few seconds.",
			do: func(c *call) int {
				added, err := c.world().Add(c.integer(1, 1, 1<<24))
				if err != nil {
					c.misuse("%v", err)
				}
				return c.give(c.members(added))
			},
		},
		{
			Name: "remove", Args: "which: integer|address", Returns: "members: sim.Member[]", Fails: true,
			Text: "Lets so many random members leave, or the one at an address, without a word to anyone. Returns who left.",
			do:   simRemove,
		},
		{
			Name: "link", Args: "link: sim.Link",
			Text: "Changes what the network does to datagrams from now on; what is not named stays as it is.",
			do:   simLink,
		},
	},
}

var memberType = class{
	Name: "sim.Member", Text: "What there is to know of one member.",
	Fields: []field{
		{Name: "id", Type: "id", Text: "Its id."},
		{Name: "addr", Type: "address", Text: "Its address."},
		{Name: "online", Type: "boolean", Text: "It has not left."},
		{Name: "since", Type: "seconds", Text: "When it came online, or left, on the scale of task.now(): negative before the run began."},
		{Name: "reachable", Type: "boolean", Text: "It is not behind NAT."},
	},
}

var worldType = class{
	Name: "sim.Stats", Text: "Each datagram sent ends up as delivered, lost or unreachable, or is still under way.",
	Fields: []field{
		{Name: "online", Type: "integer", Text: "Members that are."},
		{Name: "sent", Type: "integer", Text: "Datagrams sent."},
		{Name: "delivered", Type: "integer", Text: "Datagrams that somebody received."},
		{Name: "lost", Type: "integer", Text: "Datagrams that the link lost."},
		{Name: "unreachable", Type: "integer", Text: "Nobody was online at the address, or its NAT let nobody in."},
		{Name: "events", Type: "integer", Text: "Arrivals, and whatever else the network did."},
		{Name: "time", Type: "seconds", Text: "Virtual time since the run began: task.now()."},
	},
}

var linkOptions = optionTable{
	Name: "sim.Link",
	Text: "What the network does to datagrams.",
	Options: []option{
		{Name: "latency", Type: "seconds|table", Text: "Round-trip time: a constant, or {median = 0.1, sigma = 0.6}, log-normal with one draw per pair of nodes."},
		{Name: "loss", Type: "number", Min: 0, Max: 1, Text: "Probability that a datagram is lost."},
		{Name: "nat", Type: "number", Min: 0, Max: 1, Text: "Share of the members that nobody can reach unasked."},
	},
}

func (c *call) world() *sim.World { return c.b.options.Network.World }

// members makes a list of members.
func (c *call) members(all []sim.Member) *lua.LTable {
	return list(c.L, all, func(m sim.Member) lua.LValue {
		t := c.L.CreateTable(0, 5)
		t.RawSetString("id", idValue(m.ID))
		t.RawSetString("addr", addrValue(m.Addr))
		t.RawSetString("online", lua.LBool(m.Online))
		t.RawSetString("since", c.b.own.seconds(m.Since))
		t.RawSetString("reachable", lua.LBool(m.Reachable))
		return t
	})
}

// simNode is sim.node. The same member is the same handle, until it is closed.
func simNode(c *call) int {
	index, name := 0, ""
	if _, ok := c.arg(1).(lua.LNumber); ok {
		index = c.integer(1, 1, max(c.world().Len(), 1)) - 1
		name = fmt.Sprintf("member %d", index+1)
	} else {
		addr := c.addr(1)
		m, ok := c.world().Find(addr)
		if !ok {
			return c.fail(errNotFound{fmt.Errorf("there is no member at %v", addr)})
		}
		index, name = m.Index, fmt.Sprintf("the member at %v", addr)
	}
	host, ok := c.world().Host(index)
	if !ok {
		return c.fail(errNotFound{fmt.Errorf("%s has left the network", name)})
	}
	if ud := c.b.driven[index]; ud != nil {
		return c.give(ud)
	}
	n := c.b.newNode(host, func() { delete(c.b.driven, index) })
	ud := c.b.object(c.L, &nodeClass, n)
	c.b.driven[index] = ud
	return c.give(ud)
}

func simRemove(c *call) int {
	if _, ok := c.arg(1).(lua.LNumber); ok {
		return c.give(c.members(c.world().Remove(c.integer(1, 0, maxCount))))
	}
	addr := c.addr(1)
	if !c.world().RemoveAddr(addr) {
		return c.fail(errNotFound{fmt.Errorf("no member is online at %v", addr)})
	}
	m, _ := c.world().Find(addr)
	return c.give(c.members([]sim.Member{m}))
}

func simLink(c *call) int {
	o := c.optionsIn(c.table(1), &linkOptions, "link")
	link := c.world().Link()
	if o.has("latency") {
		link.Latency = c.latency(o.value("latency"))
	}
	if o.has("loss") {
		link.Loss = o.number("loss")
	}
	if o.has("nat") {
		link.NAT = o.number("nat")
	}
	if err := c.world().SetLink(link); err != nil {
		c.misuse("%v", err)
	}
	return 0
}
