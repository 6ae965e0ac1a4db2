package luabind

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/declare"
)

// known is the table of a node, as a script holds it.
type known struct{ node *node }

// tableClass is `dht.table`, and n.table of any other node.
var tableClass = class{
	Name: "dht.Table", Page: "dht.table", Called: "dht.table", Items: "string: dht.Entry",
	Text: "Every node ever heard of: a dictionary from id to dht.Entry. #t is the number of entries, t[id] an entry or nil. for id, n in pairs(t) visits the entries that exist when the loop begins, in the order first heard, without those removed meanwhile; the loop body may block and change the table. The table also has nodes that never answered or no longer answer; t:count(\"good\") counts the good nodes of BEP 5. sim.tables() counts the entries of all members.",
	Methods: []function{
		{
			Name: "each", Args: args("opts?: dht.EachOptions", &eachOptions), Returns: args("next: fun(): (id, dht.Entry)"),
			Text: "An iterator like pairs that also visits nodes heard of during the loop. With a query in the loop body it is a crawl, which ends when answers name no new nodes. Nodes that invent contacts (crowd of Mix) can keep it going forever; each{max = n} ends it after n entries.",
			Do: onTable(func(c *call) int {
				most := c.options("opts").Integer("max")
				return c.give(iterator(c, true, most))
			}),
		},
		{
			Name: "closest", Args: args("target: id, n?: integer 0..1073741824 = 8"), Returns: args("entries: dht.Entry[]"),
			Text: "The n entries nearest to a target, nearest first.",
			Do: onTable(func(c *call) int {
				target, count := c.id("target"), c.Integer("n")
				var entries []table.Entry
				c.lend(func(now dht.Time, n *dht.Node) { entries = n.Table().Nearest(now, target, count) })
				return c.give(c.node.entryList(c.L, entries))
			}),
		},
		{
			Name: "sorted", Args: args("key: string|fun(entry: dht.Entry): any, n?: integer 0..1073741824"), Returns: args("entries: dht.Entry[]"),
			Text: "All entries, or the first n, sorted by a field or by the result of a function: numbers or strings, in ascending order. Equal entries keep the order first heard. Entries without a value come last.",
			Do:   onTable(tableSorted),
		},
		{
			Name: "count", Args: args("which?: string|fun(entry: dht.Entry): any"), Returns: args("count: integer"),
			Text: "The number of entries: all, those with a status, or those for which a function returns a value other than nil and false.",
			Do:   onTable(tableCount),
		},
		{
			Name: "filter", Args: args("fn: fun(entry: dht.Entry): any"), Returns: args("entries: dht.Entry[]"),
			Text: "The entries for which the function returns a value other than nil and false, in the order first heard.",
			Do: onTable(func(c *call) int {
				found := c.L.NewTable()
				eachEntry(c, c.Function("fn"), func(entry *lua.LTable, result lua.LValue) {
					if lua.LVAsBool(result) {
						found.Append(entry)
					}
				})
				return c.give(found)
			}),
		},
		{
			Name: "sample", Args: args("n: integer 0..1073741824"), Returns: args("entries: dht.Entry[]"),
			Text: "n random entries, each at most once; all if there are not more.",
			Do:   onTable(tableSample),
		},
		{
			Name: "remove", Args: args("id: id"), Returns: args("removed: boolean"),
			Text: "Forgets a node; false if it was not known.",
			Do: onTable(func(c *call) int {
				id, removed := c.id("id"), false
				c.lend(func(_ dht.Time, n *dht.Node) { removed = n.Table().Remove(id) })
				c.node.changes++
				return c.give(lua.LBool(removed))
			}),
		},
		{
			Name: "add", Args: args("addr: address, id: id"), Returns: args("added: boolean"),
			Text: "Adds a node as if another node had named it. Returns false if it is in the table already, or may not be in it. To find the id of an address, ping it.",
			Do:   onTable(tableAdd),
		},
		{
			Name: "save", Args: args("path: string"), Returns: args("saved: integer"), Fails: true, Kinds: "not_found, unreachable",
			Text: "Writes all entries to a file, as JSON Lines. Returns how many.",
			Do:   onTable(tableSave),
		},
		{
			Name: "load", Args: args("path: string"), Returns: args("loaded: integer"), Fails: true, Kinds: "not_found, malformed, unreachable",
			Text: "Adds the entries of a file of save. They are unverified until they reply. Returns how many were new.",
			Do:   onTable(tableLoad),
		},
	},
}

var eachOptions = optionTable{
	Name: "dht.EachOptions", Page: "dht.table", Text: "Options of each.",
	Options: []option{
		{Name: "max", Type: "integer", Min: 1, Max: maxCount, Text: "End after this many entries. Default: when no new nodes are heard of."},
	},
}

// maxCount is the largest number of entries that a call can ask for.
const maxCount = 1 << 30

// onTable is a method of a table: it asks the node whose table it is.
func onTable(do func(c *call) int) func(c *call) int {
	return func(c *call) int {
		c.node = c.self.(*known).node
		return do(c)
	}
}

// tableValue makes the table of a node, once.
func (n *node) tableValue(L *lua.LState) *lua.LUserData {
	if n.table == nil {
		if n.b.classes[&tableClass] == nil {
			n.b.dressTable(L, n.b.metatable(L, &tableClass))
		}
		n.table = n.b.object(L, &tableClass, &known{n})
	}
	return n.table
}

// dressTable makes the table class a dictionary: by id, with a length, for pairs.
func (b *Bindings) dressTable(L *lua.LState, mt *lua.LTable) {
	method := mt.RawGetString("__index").(*lua.LFunction).GFunction
	meta := func(name string, do func(c *call) int) {
		mt.RawSetString(name, L.NewFunction(func(L *lua.LState) int {
			c := b.receive(L, mt)
			c.node = c.self.(*known).node
			return do(c)
		}))
	}
	meta("__index", func(c *call) int {
		key := c.L.Get(2)
		id, ok := toID(key)
		if ok {
			return c.give(entryOf(c, id))
		}
		if word, isString := key.(lua.LString); !isString || len(word) == 2*krpc.IDLen {
			c.misuse("dht.table is a dictionary by id (40 hex digits), got %s; for a list use dht.table:sorted(key)", declare.Show(key))
		}
		return method(c.L)
	})
	meta("__newindex", func(c *call) int {
		c.misuse("dht.table cannot be assigned to: use dht.table:add(addr, id) and dht.table:remove(id)")
		return 0
	})
	meta("__len", func(c *call) int { return c.give(lua.LNumber(tableLen(c))) })
	meta("__pairs", func(c *call) int { return c.give(iterator(c, false, 0), lua.LNil, lua.LNil) })
}

// entryOf returns t[id].
func entryOf(c *call, id krpc.ID) lua.LValue {
	var e table.Entry
	var found bool
	c.lend(func(now dht.Time, n *dht.Node) { e, found = n.Table().Get(now, id) })
	if !found {
		return lua.LNil
	}
	return c.node.entryValue(c.L, &e)
}

func tableLen(c *call) (count int) {
	c.lend(func(_ dht.Time, n *dht.Node) { count = n.Table().Len() })
	return count
}

// iterator is what a loop calls for each step: id, entry. It ends after most entries, if
// that is not 0.
func iterator(c *call, late bool, most int) *lua.LFunction {
	p, n, given := everyone(c, late), c.node, 0
	return c.L.NewFunction(func(L *lua.LState) int {
		step := n.b.call(L, n)
		if most > 0 && given == most {
			return step.give(lua.LNil)
		}
		e := p.entry(step)
		if e == nil {
			return step.give(lua.LNil)
		}
		given++
		return step.give(idValue(e.ID), n.entryValue(L, e))
	})
}

// eachEntry calls a function of the script, which may block, with each entry.
func eachEntry(c *call, fn *lua.LFunction, use func(entry *lua.LTable, result lua.LValue)) {
	p := everyone(c, false)
	for e := p.entry(c); e != nil; e = p.entry(c) {
		c.b.engine.Work(entryWork)
		entry := c.node.entryValue(c.L, e)
		c.L.Push(fn)
		c.L.Push(entry)
		c.L.Call(1, 1)
		result := c.L.Get(-1)
		c.L.Pop(1)
		use(entry, result)
	}
}

// statuses are the possible statuses of an entry.
var statuses = []string{
	table.Good.String(), table.Questionable.String(), table.Bad.String(), table.Unverified.String(),
}

func tableCount(c *call) int {
	if !c.Has("which") {
		return c.give(lua.LNumber(tableLen(c)))
	}
	count := 0
	if fn, ok := c.Value("which").(*lua.LFunction); ok {
		eachEntry(c, fn, func(_ *lua.LTable, result lua.LValue) {
			if lua.LVAsBool(result) {
				count++
			}
		})
		return c.give(lua.LNumber(count))
	}
	word, ok := c.Value("which").(lua.LString)
	if !ok {
		c.Expected("which", "status or function expected")
	}
	if !slices.Contains(statuses, string(word)) {
		c.BadArgument("which", "unknown status %s%s", declare.QuoteName(word), declare.Suggest(engine.Nearest(string(word), statuses)))
	}
	p := everyone(c, false)
	for e := p.entry(c); e != nil; e = p.entry(c) {
		c.b.engine.Work(entryWork)
		if e.Status.String() == string(word) {
			count++
		}
	}
	return c.give(lua.LNumber(count))
}

// tableAdd adds a node that the script knows of.
func tableAdd(c *call) int {
	contact := krpc.Contact{Addr: c.addr("addr"), ID: c.id("id")}
	var fresh, foreign bool
	c.lend(func(now dht.Time, n *dht.Node) {
		if foreign = !reaches(n, contact.Addr); !foreign {
			fresh = n.Table().Heard(now, contact)
		}
	})
	if foreign {
		c.BadArgument("addr", "an address of the network of %v expected, got %v", c.node.loop.Addr().Addr(), contact.Addr)
	}
	c.node.changes++
	if fresh {
		countKept(c, 1)
	}
	return c.give(lua.LBool(fresh))
}

// tableSample draws from the run's own source.
func tableSample(c *call) int {
	count := c.Integer("n")
	src := c.b.engine.Random()
	var picked []krpc.ID // a reservoir: each of the first i is in it with the same probability
	p := everyone(c, false)
	for i := 0; count > 0; i++ {
		c.b.engine.Work(entryWork)
		e := p.entry(c)
		if e == nil {
			break
		}
		if len(picked) < count {
			picked = append(picked, e.ID)
		} else if at := below(src, i+1); at < count {
			picked[at] = e.ID
		}
	}
	for i := range picked { // the first of the table would otherwise come first
		j := i + below(src, len(picked)-i)
		picked[i], picked[j] = picked[j], picked[i]
	}
	return c.give(entriesOf(c, picked))
}

// below draws a number from 0 to n-1; the bias is below n/2^64.
func below(src krpc.Source, n int) int {
	hi, _ := bits.Mul64(src.Uint64(), uint64(n))
	return int(hi)
}

// entriesOf lists the entries of ids; those that are gone meanwhile are left out.
func entriesOf(c *call, ids []krpc.ID) *lua.LTable {
	c.b.engine.Room(len(ids) * entrySize)
	t := c.L.CreateTable(len(ids), 0)
	for _, id := range ids {
		c.b.engine.Work(entryWork)
		if v := entryOf(c, id); v != lua.LNil {
			t.Append(v)
		}
	}
	return t
}

// rankedSize is the memory of an entry while it is sorted, in a list that grows, in bytes.
const rankedSize = 160

// ranked is an entry with its sort key.
type ranked struct {
	id     krpc.ID
	kind   rankKind
	number float64
	text   string
}

// rankKind says which value of a sort key counts. Entries are sorted by kind first.
type rankKind uint8

const (
	number rankKind = iota
	text
	nothing
)

func (r ranked) compare(other ranked) int {
	return cmp.Or(cmp.Compare(r.kind, other.kind), cmp.Compare(r.number, other.number), strings.Compare(r.text, other.text))
}

// rank turns a value into a sort key.
func rank(id krpc.ID, v lua.LValue) (ranked, error) {
	switch v := v.(type) {
	case nil, *lua.LNilType:
		return ranked{id: id, kind: nothing}, nil
	case lua.LNumber:
		return ranked{id: id, kind: number, number: float64(v)}, nil
	case lua.LString:
		return ranked{id: id, kind: text, text: string(v)}, nil
	}
	return ranked{}, fmt.Errorf("entries are sorted by numbers or strings, and the function returned %s", declare.Show(v))
}

func tableSorted(c *call) int {
	var all []ranked
	if fn, ok := c.Value("key").(*lua.LFunction); ok {
		all = rankBy(c, fn)
	} else {
		all = rankByField(c)
	}
	limit := len(all)
	if c.Has("n") {
		limit = min(c.Integer("n"), len(all))
	}
	slices.SortStableFunc(all, ranked.compare)
	ids := make([]krpc.ID, limit)
	for i := range ids {
		ids[i] = all[i].id
	}
	return c.give(entriesOf(c, ids))
}

func rankBy(c *call, fn *lua.LFunction) (all []ranked) {
	kind := nothing
	eachEntry(c, fn, func(entry *lua.LTable, result lua.LValue) {
		id, _ := toID(entry.RawGetString("id"))
		r, err := rank(id, result)
		if err == nil && r.kind != nothing && kind != nothing && r.kind != kind {
			err = errors.New("entries are sorted by numbers or strings, and the function returned both")
		}
		if err != nil {
			c.misuse("%v", err)
		}
		kind = min(kind, r.kind)
		c.b.engine.Room(rankedSize)
		all = append(all, r)
	})
	return all
}

func rankByField(c *call) (all []ranked) {
	name, ok := c.As("key", "string").(lua.LString)
	if !ok {
		c.Expected("key", "name of a field, or function expected")
	}
	f := findEntryField(string(name))
	if f == nil {
		names := make([]string, len(entryFields))
		for i := range entryFields {
			names[i] = entryFields[i].Name
		}
		c.BadArgument("key", "unknown field %s%s", declare.QuoteName(name), declare.Suggest(engine.Nearest(string(name), names)))
	}
	c.b.engine.Room(tableLen(c) * rankedSize)
	p := everyone(c, false)
	for e := p.entry(c); e != nil; e = p.entry(c) {
		c.b.engine.Work(entryWork)
		r, _ := rank(e.ID, f.of(c.node, e)) // fields are numbers or strings
		all = append(all, r)
	}
	return all
}
