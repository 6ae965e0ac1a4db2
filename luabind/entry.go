package luabind

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/table"
)

// entryField is one field of an entry.
type entryField struct {
	field
	of func(n *node, e *table.Entry) lua.LValue // nil if it is not known
}

// entryFields are the fields of an entry, in the order in which pairs shows them.
var entryFields = [...]entryField{
	{
		field{Name: "id", Type: "id", Text: "The node's id."},
		func(_ *node, e *table.Entry) lua.LValue { return idValue(e.ID) },
	}, {
		field{Name: "addr", Type: "address", Text: "The first address that answered under this id."},
		func(_ *node, e *table.Entry) lua.LValue { return addrValue(e.Addr) },
	}, {
		field{Name: "ip", Type: "string", Text: "The address without the port."},
		func(_ *node, e *table.Entry) lua.LValue { return lua.LString(e.Addr.Addr().String()) },
	}, {
		field{Name: "port", Type: "integer", Text: "The port of the address."},
		func(_ *node, e *table.Entry) lua.LValue { return lua.LNumber(e.Addr.Port()) },
	}, {
		field{Name: "version", Type: "string?", Text: "Its software and version: by convention two letters and two bytes."},
		func(_ *node, e *table.Entry) lua.LValue {
			if e.Version == "" {
				return nil
			}
			return lua.LString(e.Version)
		},
	}, {
		field{Name: "rtt", Type: "seconds?", Text: "How long its last reply took; nil if it never replied."},
		func(_ *node, e *table.Entry) lua.LValue {
			if e.Replies == 0 {
				return nil
			}
			return secondsValue(e.RTT)
		},
	}, {
		field{Name: "first_seen", Type: "seconds", Text: "When the table first had it, in the time of task.now(). Negative: before the run began."},
		func(n *node, e *table.Entry) lua.LValue { return n.seconds(e.FirstSeen) },
	}, {
		field{Name: "last_seen", Type: "seconds", Text: "When it last sent something; first_seen until it does."},
		func(n *node, e *table.Entry) lua.LValue { return n.seconds(e.LastSeen) },
	}, {
		field{Name: "last_reply", Type: "seconds?", Text: "When it last replied; nil if it never did."},
		func(n *node, e *table.Entry) lua.LValue {
			if e.Replies == 0 {
				return nil
			}
			return n.seconds(e.LastReply)
		},
	}, {
		field{Name: "queries", Type: "integer", Text: "Queries sent to it."},
		func(_ *node, e *table.Entry) lua.LValue { return lua.LNumber(e.Queries) },
	}, {
		field{Name: "replies", Type: "integer", Text: "Replies it gave."},
		func(_ *node, e *table.Entry) lua.LValue { return lua.LNumber(e.Replies) },
	}, {
		field{Name: "failures", Type: "integer", Text: "Queries that it left unanswered."},
		func(_ *node, e *table.Entry) lua.LValue { return lua.LNumber(e.Failures) },
	}, {
		field{Name: "status", Type: `"good"|"questionable"|"bad"|"unverified"`, Text: "As BEP 5 defines them; unverified nodes never replied."},
		func(_ *node, e *table.Entry) lua.LValue { return lua.LString(e.Status.String()) },
	},
}

var entryType = class{
	Name: "dht.Entry", Page: "dht.table", Text: "An entry of a table: one node, as known at the moment of the call.",
	Fields: func() (fields []field) {
		for _, f := range entryFields {
			fields = append(fields, f.field)
		}
		return fields
	}(),
}

// findEntryField finds a field by its name, or returns nil.
func findEntryField(name string) *entryField {
	for i := range entryFields {
		if entryFields[i].Name == name {
			return &entryFields[i]
		}
	}
	return nil
}

// entryValue makes the table of an entry.
func (n *node) entryValue(L *lua.LState, e *table.Entry) *lua.LTable {
	t := shaped(L, &entryType, len(entryFields))
	for i := range entryFields {
		if v := entryFields[i].of(n, e); v != nil {
			t.RawSetString(entryFields[i].Name, v)
		}
	}
	return t
}

// entryList makes a list of entries.
func (n *node) entryList(L *lua.LState, entries []table.Entry) *lua.LTable {
	t := L.CreateTable(len(entries), 0)
	for i := range entries {
		t.Append(n.entryValue(L, &entries[i]))
	}
	return t
}

// The number of entries that are copied from a table per loan of its node, at first and
// at most; and how long a copy is valid on a real network, where time passes by itself.
// All are chosen by us.
const (
	leastPage = 8
	mostPage  = 256
	pageLife  = time.Millisecond
)

// pager walks a table in the order first heard. It copies a page at a time, so
// that neither a long loop in Lua nor a flood of datagrams starves the other. It copies
// again when the loop body may have changed the table: after blocking, adding or removing.
type pager struct {
	node    *node
	end     int // the cursor to stop at; -1 to go on with nodes that are heard of meanwhile
	next    int // cursor of the next entry
	page    []table.Entry
	at      int // in page
	read    time.Duration
	changes int
}

// everyone walks all entries that exist now; with late, also those added meanwhile.
func everyone(c *call, late bool) *pager {
	p := &pager{node: c.node, end: -1}
	c.lend(func(_ dht.Time, n *dht.Node) {
		if !late {
			p.end = n.Table().End()
		}
	})
	return p
}

// entry returns the next entry, as it is now, or nil at the end. It is valid until the
// next call.
func (p *pager) entry(c *call) *table.Entry {
	if p.at == len(p.page) {
		p.turn(c, min(max(leastPage, 2*len(p.page)), mostPage))
	} else if p.stale() {
		p.turn(c, leastPage)
	}
	if len(p.page) == 0 || p.end >= 0 && p.page[p.at].Seq >= p.end {
		return nil
	}
	e := &p.page[p.at]
	p.at++
	p.next = e.Seq + 1
	return e
}

// stale reports whether the rest of the page may be out of date.
func (p *pager) stale() bool {
	age := p.node.b.engine.Now() - p.read
	if p.node.b.options.Network.World == nil {
		age -= pageLife
	}
	return age > 0 || p.changes != p.node.changes
}

// turn copies the next size entries.
func (p *pager) turn(c *call, size int) {
	if cap(p.page) < size {
		p.page = make([]table.Entry, 0, size)
	}
	p.at, p.read, p.changes = 0, p.node.b.engine.Now(), p.node.changes
	c.lend(func(now dht.Time, n *dht.Node) {
		p.page, _ = n.Table().Page(now, p.next, p.page[:0:size])
	})
}

// tableSave is t:save(path).
func tableSave(c *call) int {
	path := c.Str("path")
	c.lend(func(dht.Time, *dht.Node) {}) // a closed node leaves no empty file
	file, err := c.b.engine.Files().Create(path)
	if err != nil {
		return c.fail(err)
	}
	p, saved := everyone(c, false), 0
	err = table.Encode(c.b.engine.Metered(file), func(yield func(table.Entry) bool) {
		for e := p.entry(c); e != nil && yield(*e); e = p.entry(c) {
			c.b.engine.Work(entryWork)
			saved++
		}
	})
	if err := errors.Join(err, file.Close()); err != nil {
		return c.fail(fmt.Errorf("cannot write %q: %w", path, err))
	}
	return c.give(lua.LNumber(saved))
}

// tableLoad is t:load(path).
func tableLoad(c *call) int {
	file, err := c.b.engine.Files().OpenRead(c.Str("path"))
	if err != nil {
		return c.fail(err)
	}
	defer file.Close()
	loaded := 0
	err = table.Decode(file, func(e table.Entry) error {
		before := loaded
		c.b.engine.Work(entryWork)
		c.lend(func(now dht.Time, n *dht.Node) {
			if reaches(n, e.Addr) && n.Table().Restore(now, e) {
				loaded++
			}
		})
		countKept(c, int64(loaded-before))
		return nil
	})
	c.node.changes++
	if wrong, ok := errors.AsType[*table.LineError](err); ok {
		return c.fail(errMalformed{fmt.Errorf("cannot load %q: line %d: %v", c.Str("path"), wrong.Line, wrong.Err)})
	}
	return c.give(lua.LNumber(loaded))
}

// countKept counts new entries as output if their table is going to be written to a file.
func countKept(c *call, entries int64) {
	if c.node == c.b.own && c.b.options.Network.Kept {
		c.b.engine.Wrote(entries * keptSize)
	}
}

// keptSize is about the size of an entry in the file of a table, in bytes.
const keptSize = 150

// The cost of an entry: of its table in bytes, of looking it up in instructions.
const (
	entrySize = 1 << 10
	entryWork = 100
)

// reaches reports whether an address is of a network that the node is a member of.
func reaches(n *dht.Node, addr netip.AddrPort) bool {
	return n.Addr6().IsValid() || n.Addr().Addr().Is4() == addr.Addr().Is4()
}
