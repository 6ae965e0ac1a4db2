package luabind

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind/network"
	"github.com/lightdht/lightdht/luabind/plain"
)

// simModule is `sim`; nil on a real network.
var simModule = module{
	Name:    "sim",
	Text:    "The simulated network of this run: its members, and what happens to datagrams. The run's own node, and nodes that scripts open, are not members. For how long nodes store things, see lifetimes.",
	Options: []*optionTable{&randomOptions, &closestOptions, &linkOptions, &addOptions},
	Types:   []*class{&memberType, &tablesType, &worldType},
	Open: func(c *call, m *module) lua.LValue {
		if c.world() == nil {
			return lua.LNil
		}
		return c.b.table(c.L, m, c.b.own)
	},
	Absent: "sim exists on simulated networks only; run the script without --join, or ask \"if sim then\"",
	Functions: []function{
		{
			Name: "size", Returns: args("online: integer"),
			Text: "How many members are online.",
			Do:   func(c *call) int { return c.give(lua.LNumber(c.world().Size())) },
		},
		{
			Name: "stats", Returns: args("stats: sim.Stats"),
			Text: "Counters of the network since the run began. Making the network, and joining it with the run's own node, do not count.",
			Do:   func(c *call) int { return c.give(worldStats(c)) },
		},
		{
			Name: "nodes", Returns: args("members: sim.Member[]"),
			Text: "All members, also those that have left, in the order of joining.",
			Do: func(c *call) int {
				roomForMembers(c, c.world().Len())
				return c.give(memberList(c, c.world().All()))
			},
		},
		{
			Name: "node", Args: args("which: integer|address 1..16777216"), Returns: args("node: dht.Node"), Fails: true, Kinds: "not_found",
			Text: "A node handle for one member, by its index in sim.nodes() or its address. sim.random() finds one that is online. If the member has left, that is a failure of kind not_found.",
			Do:   simNode,
		},
		{
			Name: "random", Args: args("opts?: sim.RandomOptions", &randomOptions), Returns: args("member: sim.Member"), Fails: true, Kinds: "not_found",
			Text: "A random member, by default one that is online; each has the same probability. sim.node(member.addr) is a handle for it. The choice depends on the seed alone. If there is no such member, that is a failure of kind not_found.",
			Do:   simRandom,
		},
		{
			Name: "tables", Returns: args("tables: sim.Tables"),
			Text: "Counts the entries in the tables of all members that are online, by status. Members name only good entries to other nodes.",
			Do:   simTables,
		},
		{
			Name: "closest", Args: args("target: id, k?: integer 0..1073741824 = 8, opts?: sim.ClosestOptions", &closestOptions), Returns: args("members: sim.Member[]"),
			Text: "The true result of a search, to measure recall: the k online members nearest to a target, nearest first.",
			Do: func(c *call) int {
				target, k, o := c.id("target"), c.Integer("k"), c.options("opts")
				roomForMembers(c, c.world().Len())
				closest := c.world().ClosestIn
				if o.Flag("reachable") {
					closest = c.world().ClosestAskable
				}
				return c.give(memberList(c, closest(families[o.Str("family")], target, k)))
			},
		},
		{
			Name: "add", Args: args("n: integer 1..16777216, opts?: sim.AddOptions", &addOptions), Returns: args("members: sim.Member[]"),
			Text: "Lets new members join, each through three random ones. They find their places within a few seconds.",
			Do:   simAdd,
		},
		{
			Name: "remove", Args: args("which: integer|address 0..1073741824"), Returns: args("members: sim.Member[]"), Fails: true, Kinds: "not_found",
			Text: "Takes away a number of random members, or the one at an address. They leave without telling others. Returns the members that left.",
			Do:   simRemove,
		},
		{
			Name: "link", Args: args("link: sim.Link", &linkOptions),
			Text: "Changes what the network does to datagrams from now on. Options that are left out keep their values.",
			Do:   simLink,
		},
		{
			Name: "churn", Args: args("churn: Churn|string|boolean", &network.ChurnOptions),
			Text: "Lets members come and go from now on: a table {session = {...}, downtime = {...}, core = 0.1}, or \"weibull\". It begins in the stationary state. false ends it.",
			Do:   simChurn,
		},
		{
			Name: "partition", Args: args("who: number|address[]"),
			Text: "Cuts the network in two: a share of the members, or the nodes at some addresses, against all others. From now on nothing is delivered from one side to the other.",
			Do:   simPartition,
		},
		{
			Name: "heal",
			Text: "Ends a partition. The nodes have to find each other again.",
			Do: func(c *call) int {
				c.world().Heal()
				return 0
			},
		},
		{
			Name: "traffic", Args: args("traffic: Traffic|boolean", &network.TrafficOptions),
			Text: "Lets members search for torrents in the background from now on: {every = 900, torrents = 1000}. false ends it.",
			Do:   simTraffic,
		},
		{
			Name: "torrent", Args: args("i: integer 1..16777216"), Returns: args("infohash: id"),
			Text: "The info-hash of a torrent of the background traffic, by its rank in popularity: 1 is the most popular.",
			Do: func(c *call) int {
				return c.give(idValue(c.world().Torrent(c.Integer("i") - 1)))
			},
		},
		{
			Name: "skew", Args: args("skew: Skew", &network.SkewOptions),
			Text: "Sets the clocks of all members: from now on they are wrong by an offset and a drift.",
			Do: func(c *call) int {
				skew, err := network.ReadSkew(c.Table("skew"))
				c.settled(err)
				c.settled(c.world().SetSkew(skew))
				return 0
			},
		},
		{
			Name: "behave", Args: args("which: integer|address 1..16777216, behavior: string"),
			Text: "Changes how a member behaves from now on, see Mix: \"normal\", \"silent\", \"slow\", \"liar\", \"wrong_id\", \"follower\" or \"crowd\".",
			Do:   simBehave,
		},
	},
}

// behaviorWords is the type of a behaviour; Mix says what they do.
const behaviorWords = `"normal"|"read_only"|"silent"|"slow"|"liar"|"wrong_id"|"follower"|"crowd"`

var memberType = class{
	Name: "sim.Member", Text: "A member of a simulated network.",
	Fields: []field{
		{Name: "id", Type: "id", Text: "Its id."},
		{Name: "addr", Type: "address", Text: "Its address."},
		{Name: "addr6", Type: "address?", Text: "Its IPv6 address, if it is a member of both networks."},
		{Name: "online", Type: "boolean", Text: "Whether it is online."},
		{Name: "since", Type: "seconds", Text: "When it came online or left, in the time of task.now(). Negative: before the run began."},
		{Name: "reachable", Type: "boolean", Text: "Whether other nodes can reach it: it is not behind NAT."},
		{Name: "behavior", Type: behaviorWords, Text: "How it behaves; see Mix."},
	},
}

var randomOptions = optionTable{
	Name: "sim.RandomOptions",
	Text: "Which members to choose from.",
	Options: []option{
		{Name: "online", Type: "boolean", Default: true, Text: "true: members that are online. false: members that have left."},
		{Name: "reachable", Type: "boolean", Text: "true: members that are not behind NAT. false: members that are. Default: both."},
		{Name: "behavior", Type: behaviorWords, Text: "Members that behave so; see Mix. Default: all."},
	},
}

var closestOptions = optionTable{
	Name: "sim.ClosestOptions",
	Text: "Which members to look at.",
	Options: []option{
		{Name: "family", Type: `"v4"|"v6"`, Text: "Only members of that network (BEP 32). All are members of the IPv4 network; those with an addr6 also of the IPv6 network."},
		{Name: "reachable", Type: "boolean", Default: false, Text: "Only members that a search can find: not behind NAT, and not read_only, silent or wrong_id."},
	},
}

var linkOptions = network.SettingOptions("sim.Link", "What the network does to datagrams.", "latency", "loss", "nat", "mtu", "fragment", "inbound")

var addOptions = optionTable{
	Name: "sim.AddOptions",
	Text: "Options of new members.",
	Options: []option{
		{Name: "behavior", Type: behaviorWords, Default: "normal", Text: "How they behave; see Mix."},
		{Name: "near", Type: "id", Text: "A target: the ids of the new members are nearer to it than all others. This is a sybil attack."},
	},
}

// roomForMembers reserves the cost of a list of n members.
func roomForMembers(c *call, n int) {
	const size, work = 256, 10 // of each, in bytes and in instructions
	c.b.engine.Room(n * size)
	c.b.engine.Work(n * work)
}

// memberList makes a list of members.
func memberList(c *call, all []sim.Member) *lua.LTable {
	return plain.List(c.L, all, func(m sim.Member) lua.LValue { return memberValue(c, m) })
}

// memberValue makes the table of one.
func memberValue(c *call, m sim.Member) *lua.LTable {
	t := shaped(c.L, &memberType, 7)
	t.RawSetString("id", idValue(m.ID))
	t.RawSetString("addr", addrValue(m.Addr))
	if m.Addr6.IsValid() {
		t.RawSetString("addr6", addrValue(m.Addr6))
	}
	t.RawSetString("online", lua.LBool(m.Online))
	t.RawSetString("since", c.b.own.seconds(m.Since))
	t.RawSetString("reachable", lua.LBool(m.Reachable))
	t.RawSetString("behavior", lua.LString(m.Behavior.String()))
	return t
}

// simNode is sim.node. The same member is the same handle, until it is closed.
func simNode(c *call) int {
	index, name := 0, ""
	if _, ok := c.Value("which").(lua.LNumber); ok {
		index = c.IntegerTo("which", max(c.world().Len(), 1)) - 1
		name = fmt.Sprintf("member %d", index+1)
	} else {
		addr := c.addr("which")
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

// simRandom is sim.random. It draws from the script's own source, so the call does not
// change the network.
func simRandom(c *call) int {
	o := c.options("opts")
	online, behavior := o.Flag("online"), o.Str("behavior")
	m, ok := c.world().Random(c.b.engine.Random(), func(m sim.Member) bool {
		return m.Online == online && (!o.Has("reachable") || m.Reachable == o.Flag("reachable")) && (behavior == "" || m.Behavior.String() == behavior)
	})
	if !ok {
		return c.fail(errNotFound{errors.New("there is no such member")})
	}
	return c.give(memberValue(c, m))
}

func simRemove(c *call) int {
	if _, ok := c.Value("which").(lua.LNumber); ok {
		return c.give(memberList(c, c.world().Remove(c.Integer("which"))))
	}
	addr := c.addr("which")
	if !c.world().RemoveAddr(addr) {
		return c.fail(errNotFound{fmt.Errorf("no member is online at %v", addr)})
	}
	m, _ := c.world().Find(addr)
	return c.give(memberList(c, []sim.Member{m}))
}

// settled raises err, which says which setting is wrong, unless it is nil.
func (c *call) settled(err error) {
	if err != nil {
		c.misuse("%s", sim.Problem(err))
	}
}

// addedSize is a lower bound of the memory of a new member, in bytes.
const addedSize = 5 << 10

func simAdd(c *call) int {
	n, o := c.Integer("n"), c.options("opts")
	behavior, err := sim.ParseBehavior(o.Str("behavior"))
	c.settled(err)
	if c.world().Fits(n) { // else the error of the world says how many fit
		c.b.engine.Room(n * addedSize)
	}
	var added []sim.Member
	if target, sybils := o.id("near"); sybils {
		added, err = c.world().AddSybils(target, n, behavior)
	} else {
		added, err = c.world().AddAs(n, behavior)
	}
	c.settled(err)
	return c.give(memberList(c, added))
}

func simLink(c *call) int {
	asked, err := network.Read(c.Table("link"), &linkOptions, "link")
	c.settled(err)
	now := network.Spec{Config: sim.Config{Link: c.world().Link()}}
	c.settled(c.world().SetLink(now.With(asked).Config.Link))
	return 0
}

func simChurn(c *call) int {
	var churn sim.Churn
	switch v := c.Value("churn").(type) {
	case *lua.LTable, lua.LString:
		var err error
		churn, err = network.ReadChurn(v)
		c.settled(err)
	default:
		if v != lua.LFalse {
			c.Expected("churn", "table, \"weibull\" or false expected")
		}
	}
	c.settled(c.world().SetChurn(churn))
	return 0
}

func simPartition(c *call) int {
	if _, ok := c.Value("who").(*lua.LTable); ok {
		c.settled(c.world().PartitionOff(c.addrs("who")))
	} else {
		c.settled(c.world().Partition(c.Number("who")))
	}
	return 0
}

func simTraffic(c *call) int {
	var traffic sim.Traffic
	if c.Value("traffic") != lua.LFalse {
		var err error
		traffic, err = network.ReadTraffic(c.Table("traffic"))
		c.settled(err)
	}
	c.settled(c.world().SetTraffic(traffic))
	return 0
}

func simBehave(c *call) int {
	behavior, err := sim.ParseBehavior(c.Str("behavior"))
	c.settled(err)
	index := 0
	if _, ok := c.Value("which").(lua.LNumber); ok {
		index = c.IntegerTo("which", max(c.world().Len(), 1)) - 1
	} else if m, ok := c.world().Find(c.addr("which")); ok {
		index = m.Index
	} else {
		c.misuse("there is no member at %v", c.addr("which"))
	}
	if m, _ := c.world().Member(index); m.Behavior != behavior && (m.Behavior == sim.ReadOnly || behavior == sim.ReadOnly) {
		c.misuse("member %d cannot change from %v to %v: a node is read-only from the beginning or never", index+1, m.Behavior, behavior)
	}
	c.settled(c.world().SetBehavior(index, behavior))
	return 0
}
