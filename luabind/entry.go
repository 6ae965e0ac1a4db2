package luabind

import (
	lua "github.com/yuin/gopher-lua"

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
