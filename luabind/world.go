package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/dht/table"
)

var tablesType = class{
	Name: "sim.Tables", Text: "The entries in the tables of all online members. For the table of one member: n.table:count(\"good\").",
	Fields: []field{
		{Name: "members", Type: "integer", Text: "Members that are online."},
		{Name: table.Good.String(), Type: "integer", Text: "Entries that have answered lately. Only these are named to other nodes."},
		{Name: table.Questionable.String(), Type: "integer", Text: "Entries that answered once, and have been silent for 15 minutes."},
		{Name: table.Bad.String(), Type: "integer", Text: "Entries that left several queries unanswered."},
		{Name: table.Unverified.String(), Type: "integer", Text: "Entries that have never answered."},
	},
}

// simTables is sim.tables.
func simTables(c *call) int {
	members, counts, page := 0, map[table.Status]int{}, make([]table.Entry, 0, mostPage)
	c.world().EachOnline(func(now dht.Time, n *dht.Node) {
		members++
		for next, end := 0, n.Table().End(); next < end; {
			if page, next = n.Table().Page(now, next, page[:0]); len(page) == 0 {
				return
			}
			for i := range page {
				counts[page[i].Status]++
			}
		}
	})
	t := shaped(c.L, &tablesType, len(tablesType.Fields))
	t.RawSetString("members", lua.LNumber(members))
	for _, status := range []table.Status{table.Good, table.Questionable, table.Bad, table.Unverified} {
		t.RawSetString(status.String(), lua.LNumber(counts[status]))
	}
	return c.give(t)
}

var worldType = class{
	Name: "sim.Stats", Text: "Counters since the run began. Each datagram that was sent is counted as delivered, lost, unreachable, cut, too_long or dropped, or is still on its way.",
	Fields: []field{
		{Name: "online", Type: "integer", Text: "Members that are online."},
		{Name: "sent", Type: "integer", Text: "Datagrams sent, including those that were on their way when the run began."},
		{Name: "delivered", Type: "integer", Text: "Datagrams that somebody received."},
		{Name: "lost", Type: "integer", Text: "Datagrams that the link lost."},
		{Name: "unreachable", Type: "integer", Text: "Datagrams to an address where no node was online, or to a NAT that did not let them in."},
		{Name: "cut", Type: "integer", Text: "Datagrams from one side of a partition to the other."},
		{Name: "too_long", Type: "integer", Text: "Datagrams that were too long for the MTU."},
		{Name: "dropped", Type: "integer", Text: "Datagrams that the line of the receiver dropped."},
		{Name: "fragmented", Type: "integer", Text: "Datagrams sent in pieces. They are counted above too."},
		{Name: "joins", Type: "integer", Text: "Members that joined or came back."},
		{Name: "leaves", Type: "integer", Text: "Members that left."},
		{Name: "searches", Type: "integer", Text: "Searches of the background traffic."},
		{Name: "events", Type: "integer", Text: "Events of the simulation: arrivals, timers and others."},
		{Name: "time", Type: "seconds", Text: "Virtual time since the run began: task.now()."},
		{Name: "skipped", Type: "seconds", Text: "The part of time that was skipped because nothing but upkeep would have happened. The counters do not include it."},
	},
}

// worldStats makes the table sim.Stats.
func worldStats(c *call) *lua.LTable {
	s, was, t := c.world().Stats(), &c.b.began, shaped(c.L, &worldType, len(worldType.Fields))
	t.RawSetString("online", lua.LNumber(s.Online))
	for _, f := range []struct {
		name       string
		value, was uint64
	}{
		{"sent", s.Sent, was.Sent}, {"delivered", s.Delivered, was.Delivered},
		{"lost", s.Lost, was.Lost}, {"unreachable", s.Unreachable, was.Unreachable},
		{"cut", s.Cut, was.Cut}, {"too_long", s.TooLong, was.TooLong},
		{"dropped", s.Dropped, was.Dropped}, {"fragmented", s.Fragmented, was.Fragmented},
		{"joins", s.Joins, was.Joins}, {"leaves", s.Leaves, was.Leaves},
		{"searches", s.Searches, was.Searches}, {"events", s.Events, was.Events},
	} {
		t.RawSetString(f.name, lua.LNumber(f.value-f.was))
	}
	t.RawSetString("time", secondsValue(c.b.engine.Now()))
	t.RawSetString("skipped", secondsValue(s.Skipped-was.Skipped))
	return t
}

// ended is the number of datagrams that are no longer on their way.
func ended(s sim.Stats) uint64 {
	return s.Delivered + s.Lost + s.Unreachable + s.Cut + s.TooLong + s.Dropped
}

func (c *call) world() *sim.World { return c.b.options.Network.World }
