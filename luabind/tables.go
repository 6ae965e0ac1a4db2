package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
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
