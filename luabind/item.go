package luabind

import (
	"errors"
	"fmt"
	"math"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/store"
	"github.com/lightdht/lightdht/luabind/declare"
	"github.com/lightdht/lightdht/luabind/plain"
)

var (
	getOptions = walkWith("dht.GetOptions", "Options of a search for an item.",
		option{Name: "salt", Type: "string", Text: "The salt of a mutable item; its target was made with it."},
		option{Name: "seq", Type: "integer|string", Text: "Ask for a mutable item only if its sequence number is higher than this. Nodes without a newer item answer without the value."})
	putOptions = optionTable{Name: "dht.PutOptions", Text: "Options of a put. k is the public key of an item here; width is what k is in dht.WalkOptions.", Base: &walkOptions, Options: slices.Concat(draftOptions, []option{
		{Name: "keep_alive", Type: "boolean", Default: false, Text: "Put it again " + every(dht.PutAgain) + " while the node is up and there are too few copies, or until dht.forget(target)."}}, widthOptions())}
)

// widthOptions are the options of a walk with k renamed to width: k is the public key of
// an item.
func widthOptions() []option {
	list := slices.Clone(walkOptions.Options)
	for i := range list {
		if list[i].Name == "k" {
			list[i].Name, list[i].Text = "width", list[i].Text+" The item is put at these."
		}
	}
	return list
}

// draftOptions are the properties of an item except its value.
var draftOptions = []option{
	{Name: "secret_key", Type: "string|table", Table: "key.Key", Text: "Makes the item mutable, signed with this secret: hex digits, or a key of module key."},
	{Name: "salt", Type: "string", Text: "Separates the mutable items of one key; at most 64 bytes."},
	{Name: "seq", Type: "integer|string", Text: "Sequence number of a mutable item. Default: dht.put searches for the item first and adds 1 to its number, or takes 0 for a new one. dht.rpc.put takes 0."},
	{Name: "cas", Type: "integer|string", Text: "Compare and swap: nodes replace a stored item only if it has this sequence number."},
	{Name: "k", Type: "string", Hint: "it is the public key of a signed item; how many nodes to put an item at is the option 'width' of dht.put", Text: "With sig and seq, in place of secret_key: the public key of an item that is already signed."},
	{Name: "sig", Type: "string", Text: "The signature of such an item."},
	{Name: "raw", Type: "boolean", Default: false, Text: "The value is a bencoded string, sent byte for byte."},
}

var itemInfoType = class{
	Name: "dht.ItemInfo", Text: "All about an item of BEP 44 except its value. With k, sig, seq and salt, anyone can put a mutable item again.",
	Fields: slices.Concat(itemFields, []field{
		{Name: "nodes", Type: "dht.Holder[]", Text: "The answer of each node, in the order of the queries."},
	}),
}

// itemFields are the fields that describeItem sets.
var itemFields = []field{
	{Name: "seq", Type: "integer?", Text: "Sequence number of a mutable item; a string of digits beyond 2^53."},
	{Name: "k", Type: "string?", Text: "Public key of a mutable item, in hex."},
	{Name: "sig", Type: "string?", Text: "Signature of a mutable item, in hex."},
	{Name: "salt", Type: "string?", Text: "Salt of a mutable item that has one."},
	{Name: "raw", Type: "string", Text: "The value, bencoded."},
}

var holderType = class{
	Name: "dht.Holder", Text: "The answer of one node to a query for an item.",
	Fields: []field{
		{Name: "addr", Type: "address", Text: "The node."},
		{Name: "id", Type: "id?", Text: "Its id, if it is known."},
		{Name: "outcome", Type: `"found"|"nothing"|"invalid"|"refused"|"silent"`, Text: "found: it has the item. nothing: it has none. invalid: it has one that does not match the target. refused: it answered with an error. silent: it did not answer in time."},
		{Name: "seq", Type: "integer?", Text: "Sequence number of its item; 0 for an immutable item."},
		{Name: "code", Type: "integer?", Text: "The error code, if it refused."},
		{Name: "message", Type: "string?", Text: "The message of its error, or what is wrong with its item."},
	},
}

// The kinds of failures of a walk, and of a walk that stores something.
const (
	walkKinds = "timeout, unreachable, cancelled"
	putKinds  = "remote, " + walkKinds
)

// itemFunctions exist on every node.
var itemFunctions = []function{
	{
		Name: "get", Args: args("target: id, opts?: dht.GetOptions", &getOptions), Returns: args("value: any, info: dht.ItemInfo, trace: dht.Trace"), Fails: true, Kinds: "not_found, malformed, " + walkKinds, Waits: true,
		Text: "Gets an item of BEP 44: an immutable item by the hash of its value, or the newest version of a mutable item. The target of a mutable item is key.target(public, salt); its salt must be an option too. Every answer is verified. The trace is a result even if no node has the item.",
		Do:   func(c *call) int { return c.getItem(c.id("target"), c.options("opts"), nil) },
	},
	{
		Name: "put", Args: args("value: any, opts?: dht.PutOptions", &putOptions), Returns: args("target: id, stored: integer, trace: dht.Trace"), Fails: true, Kinds: putKinds, Waits: true,
		Text: "Puts an item of BEP 44 at the nodes closest to its target, which keep it for " + spoken(store.DefaultItemExpiry) + ". The value is a string, a whole number or a table of these, at most 1000 bytes in bencode. Returns the target and how many nodes stored the item. In trace.path, the steps with the method \"put\" are the answers of these nodes. If none stored it and some refused, that is a failure of kind remote, with the code that most of them gave; the trace is the third result.",
		Do: func(c *call) int {
			o := c.options("opts")
			d := c.draft("value", o)
			value := krpc.Item{Value: d.item.Value}
			if reason := value.Check(); reason != nil {
				c.BadArgument("value", "%s", reasonFor(reason, len(value.Value)))
			}
			return c.putItem(d, o)
		},
	},
	{
		Name: "forget", Args: args("target: id"), Returns: args("kept: boolean"),
		Text: "Ends keep_alive: the item of this target is not put again, the torrent of this info-hash is not announced again. Returns false if nothing was kept.",
		Do: func(c *call) int {
			target, kept := c.id("target"), false
			c.lend(func(_ dht.Time, n *dht.Node) { kept = n.Forget(target) })
			return c.give(lua.LBool(kept))
		},
	},
}

// getItem looks for an item and gives value, info and trace. read, unless nil, turns
// the value into another one, or returns an error.
func (c *call) getItem(target krpc.ID, o options, read func(lua.LValue) (lua.LValue, error)) int {
	cfg := o.search()
	cfg.Salt = []byte(o.Str("salt"))
	if o.Declares("seq") {
		cfg.Seq = c.optInt64(o, "seq")
	}
	r, err := c.search(cfg, o.fn("on_reply"), func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search {
		return n.Get(now, target, cfg, done)
	})
	if r == nil {
		return c.fail(err)
	}
	trace := traceValue(c.L, "get", &r.Trace)
	var value lua.LValue
	if err == nil {
		if value, err = plain.DecodeBencode(c.L, r.Item.Value, c.b.objectMeta(c.L)); err == nil && read != nil {
			value, err = read(value)
		}
		if err != nil {
			err = errMalformed{err}
		}
	}
	if err != nil {
		return c.fail(err, trace)
	}
	return c.give(value, itemInfo(c.L, r.Item, r.Trace.Path), trace)
}

// itemInfo makes the table dht.ItemInfo.
func itemInfo(L *lua.LState, it *krpc.Item, path []dht.Step) *lua.LTable {
	t := shaped(L, &itemInfoType, 6)
	describeItem(t, it)
	nodes := L.NewTable()
	for _, s := range path {
		if s.Method == "" && s.Outcome != dht.OutcomePending {
			nodes.Append(holderValue(L, s))
		}
	}
	t.RawSetString("nodes", nodes)
	return t
}

// describeItem sets the fields of an item.
func describeItem(t *lua.LTable, it *krpc.Item) {
	if it.Mutable {
		t.RawSetString("seq", plain.Int64(it.Seq))
		t.RawSetString("k", hexValue(it.Key[:]))
		t.RawSetString("sig", hexValue(it.Sig[:]))
		if len(it.Salt) > 0 {
			t.RawSetString("salt", lua.LString(it.Salt))
		}
	}
	t.RawSetString("raw", lua.LString(it.Value))
}

func holderValue(L *lua.LState, s dht.Step) *lua.LTable {
	t := shaped(L, &holderType, 4)
	t.RawSetString("addr", addrValue(s.Addr))
	if !s.ID.IsZero() {
		t.RawSetString("id", idValue(s.ID))
	}
	outcome := "nothing"
	switch {
	case s.Outcome == dht.OutcomeTimeout:
		outcome = "silent"
	case s.Outcome == dht.OutcomeError:
		outcome = "refused"
	case s.Item:
		outcome = "found"
		t.RawSetString("seq", plain.Int64(s.Seq))
	case s.Err != nil:
		outcome = "invalid"
	}
	t.RawSetString("outcome", lua.LString(outcome))
	setReason(t, s)
	return t
}

// draft is an item that a script wants to put.
type draft struct {
	item   krpc.Item
	secret []byte // signs it; nil: it is immutable, or signed already
	seq    *int64 // if the script has chosen it
	cas    *int64
}

// draft reads an item; the value is an argument.
func (c *call) draft(name string, o options) *draft {
	return c.draftOf(c.itemBytes(name, o), o)
}

// itemBytes is an argument, bencoded.
func (c *call) itemBytes(name string, o options) []byte {
	if o.Flag("raw") {
		return []byte(c.Str(name))
	}
	value, err := plain.EncodeBencode(c.L, c.Value(name))
	if err != nil {
		c.BadArgument(name, "%v", err)
	}
	return value
}

// draftOf reads the properties of an item from the options.
func (c *call) draftOf(value []byte, o options) *draft {
	d := &draft{seq: c.optInt64(o, "seq"), cas: c.optInt64(o, "cas")}
	d.item = krpc.Item{Value: value, Salt: []byte(o.Str("salt"))}
	if d.seq != nil {
		d.item.Seq = *d.seq
	}
	signed := o.Has("k") || o.Has("sig")
	switch {
	case o.Has("secret_key") && signed:
		c.misuse("'%s' is given a secret_key, or k, sig and seq, but not both", c.def.Name)
	case o.Has("secret_key"):
		secret, err := toSecret(o.Value("secret_key"))
		if err != nil {
			c.misuse("option 'secret_key' of %s: %v", c.def.Name, err)
		}
		d.secret, d.item.Mutable = secret, true
		d.item.Key = [len(d.item.Key)]byte(publicOf(secret))
	case signed:
		d.item.Mutable = true
		d.item.Key = [len(d.item.Key)]byte(c.optBytes(o, "k", len(d.item.Key)))
		d.item.Sig = [len(d.item.Sig)]byte(c.optBytes(o, "sig", len(d.item.Sig)))
		if d.seq == nil {
			c.misuse("option 'seq' of %s: an item that is signed already has one", c.def.Name)
		}
	case d.seq != nil || d.cas != nil || len(d.item.Salt) > 0:
		c.misuse("seq, cas and salt are of mutable items: '%s' needs a secret_key too", c.def.Name)
	}
	return d
}

// sign signs the item if the script has given a secret.
func (d *draft) sign() {
	if d.secret != nil {
		d.item.Sign(d.secret)
	}
}

// putItem puts an item with a valid value, and returns target, number and trace.
func (c *call) putItem(d *draft, o options) int {
	if d.secret != nil && d.seq == nil {
		if err := c.nextSeq(&d.item, o); err != nil {
			return c.fail(err)
		}
	}
	d.sign()
	if reason := d.item.Check(); reason != nil {
		c.misuse("'%s' got an item that no node takes: %s", c.def.Name, reason.Message)
	}
	r, err := c.walk(o, func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search {
		return n.Put(now, d.item, d.cas, cfg, done)
	})
	if err != nil {
		return failedWalk(c, err, "get", r)
	}
	if o.Flag("keep_alive") {
		c.keep(func(now dht.Time, n *dht.Node) bool { return n.Keep(now, d.item) })
	}
	return c.give(idValue(d.item.Target()), lua.LNumber(r.Stored), traceValue(c.L, "get", &r.Trace))
}

// reasonFor says what is wrong with a value of size bytes.
func reasonFor(reason *krpc.Error, size int) string {
	if reason.Code == krpc.CodeValueTooBig {
		return fmt.Sprintf("bencoded, it has %d bytes, and an item may have %d", size, krpc.MaxValue)
	}
	return reason.Message
}

// nextSeq searches for the stored item, and takes the next sequence number.
func (c *call) nextSeq(it *krpc.Item, o options) error {
	cfg := o.search()
	cfg.Salt = it.Salt
	r, err := c.search(cfg, nil, func(now dht.Time, n *dht.Node, cfg dht.SearchConfig, done walkDone) *dht.Search {
		return n.Get(now, it.Target(), cfg, done)
	})
	switch {
	case errors.Is(err, dht.ErrNotFound):
		return nil
	case err != nil:
		return err
	case r.Item.Seq == math.MaxInt64:
		c.misuse("the item stored has the highest sequence number there is, and cannot be replaced")
	}
	it.Seq = r.Item.Seq + 1
	return nil
}

// optInt64 is the whole number given for an option, or nil.
func (c *call) optInt64(o options, name string) *int64 {
	v := o.Value(name)
	if v == nil {
		return nil
	}
	n, ok := plain.ToInt64(v)
	if !ok {
		c.misuse("option '%s' of %s: a whole number of 64 bits expected, got %s", name, c.def.Name, declare.Show(v))
	}
	return &n
}

// optBytes is an option of n bytes, raw or as hex digits.
func (c *call) optBytes(o options, name string, n int) []byte {
	b, ok := toBytes(o.Value(name), n)
	if !ok {
		got := "no value"
		if o.Has(name) {
			got = declare.Show(o.Value(name))
		}
		c.misuse("option '%s' of %s: %d hex digits expected, got %s", name, c.def.Name, 2*n, got)
	}
	return b
}
