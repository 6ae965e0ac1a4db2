package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/dht/table"
)

var tablesType = class{
	Name: "sim.Tables", Text: "What is in the tables of the members online; n.table:count(\"good\") says so of one of them.",
	Fields: []field{
		{Name: "members", Type: "integer", Text: "Members that are online."},
		{Name: table.Good.String(), Type: "integer", Text: "Entries that answered lately: those that are handed to others."},
		{Name: table.Questionable.String(), Type: "integer", Text: "Entries that answered once, and have been silent for 15 minutes."},
		{Name: table.Bad.String(), Type: "integer", Text: "Entries that left several queries unanswered."},
		{Name: table.Unverified.String(), Type: "integer", Text: "Entries that were only heard of: they never answered."},
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
	Name: "sim.Stats", Text: "What has happened since the run began. Each datagram sent ends up as delivered, lost, unreachable, cut, too long or dropped, or is still under way.",
	Fields: []field{
		{Name: "online", Type: "integer", Text: "Members that are."},
		{Name: "sent", Type: "integer", Text: "Datagrams sent, with those that were under way when the run began."},
		{Name: "delivered", Type: "integer", Text: "Datagrams that somebody received."},
		{Name: "lost", Type: "integer", Text: "Datagrams that the link lost."},
		{Name: "unreachable", Type: "integer", Text: "Nobody was online at the address, or its NAT let nobody in."},
		{Name: "cut", Type: "integer", Text: "Sent from one side of a partition to the other."},
		{Name: "too_long", Type: "integer", Text: "Too long for the MTU."},
		{Name: "dropped", Type: "integer", Text: "Dropped by the receiver's line."},
		{Name: "fragmented", Type: "integer", Text: "Sent in pieces; they are among the others too."},
		{Name: "joins", Type: "integer", Text: "Members that joined or came back."},
		{Name: "leaves", Type: "integer", Text: "Members that left."},
		{Name: "searches", Type: "integer", Text: "Searches of the background traffic."},
		{Name: "events", Type: "integer", Text: "Arrivals, and whatever else the network did."},
		{Name: "time", Type: "seconds", Text: "Virtual time since the run began: task.now()."},
		{Name: "skipped", Type: "seconds", Text: "Of it, what passed at once, as nothing but upkeep would have happened; none of the counters has that."},
	},
}

// worldStats makes the table of what has happened since the run began.
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

// ended is how many datagrams are no longer under way.
func ended(s sim.Stats) uint64 {
	return s.Delivered + s.Lost + s.Unreachable + s.Cut + s.TooLong + s.Dropped
}
