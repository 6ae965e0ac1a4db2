package luabind

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/declare"
	"github.com/lightdht/lightdht/luabind/plain"
)

// jsonModule is `json`.
var jsonModule = module{
	Name: "json",
	Text: "JSON. A table is a list if its keys are 1 to n, also an empty one unless json.object has marked it; else all keys must be strings.",
	Pure: true,
	Functions: []function{
		{
			Name: "encode", Args: args("value: any"), Returns: args("text: string"),
			Text: "The value as JSON on one line, the keys of each object in alphabetical order. A value that JSON does not have is an error, which says where it is: a function, a number that is not finite, a string that is not UTF-8.",
			Do: func(c *call) int {
				text, err := plain.EncodeJSON(c.L, c.Value("value"), c.b.null)
				if err != nil {
					c.BadArgument("value", "%v", err)
				}
				return c.give(lua.LString(text))
			},
		},
		{
			Name: "decode", Args: args("text: string"), Returns: args("value: any"), Fails: true, Kinds: "malformed",
			Text: "The value of a JSON text. null is nil, except in a list, where it is json.null to keep the other items in their places. A whole number beyond 2^53 comes as a string of its digits.",
			Do: func(c *call) int {
				v, err := plain.DecodeJSON(c.L, c.Str("text"), c.b.null, c.b.objectMeta(c.L))
				if err != nil {
					return c.fail(errMalformed{err})
				}
				return c.give(v)
			},
		},
		{
			Name: "object", Args: args("fields?: table"), Returns: args("fields: table"),
			Text: "Marks a table, or a new one, as an object. json.encode writes an empty table as {} if it is marked, else as []. An empty object that was decoded has the mark. The mark is __jsontype = \"object\" in the metatable; bencode.encode knows it too.",
			Do:   func(c *call) int { return markObject(c, "fields") },
		},
	},
	Fields: []field{{
		Name: "null", Type: "userdata", Text: "Stands for null in a list.",
		Get: func(c *call) lua.LValue { return c.b.nullValue(c.L) },
	}},
}

// bencodeModule is `bencode`.
var bencodeModule = module{
	Name: "bencode",
	Text: "Bencode, the encoding of every message of the DHT. A table is a list if its keys are 1 to n, also an empty one unless bencode.dict has marked it; else all keys must be strings.",
	Pure: true,
	Functions: []function{
		{
			Name: "encode", Args: args("value: any"), Returns: args("bytes: string"),
			Text: "The value in bencode. A value that bencode does not have is an error, which says where it is: a fraction, a boolean, a function.",
			Do: func(c *call) int {
				b, err := plain.EncodeBencode(c.L, c.Value("value"))
				if err != nil {
					c.BadArgument("value", "%v", err)
				}
				return c.give(lua.LString(b))
			},
		},
		{
			Name: "decode", Args: args("bytes: string"), Returns: args("value: any"), Fails: true, Kinds: "malformed",
			Text: "The value of a bencoded text. A whole number beyond 2^53 comes as a string of its digits.",
			Do: func(c *call) int {
				v, err := plain.DecodeBencode(c.L, []byte(c.Str("bytes")), c.b.objectMeta(c.L))
				if err != nil {
					return c.fail(errMalformed{err})
				}
				return c.give(v)
			},
		},
		{
			Name: "dict", Args: args("fields?: table"), Returns: args("fields: table"),
			Text: "Marks a table, or a new one, as a dictionary. bencode.encode writes an empty table as de if it is marked, else as le. An empty dictionary that was decoded has the mark. It is the mark of json.object.",
			Do:   func(c *call) int { return markObject(c, "fields") },
		},
	},
}

// hexModule is `hex`.
var hexModule = module{
	Name: "hex", Text: "Bytes as hexadecimal digits.",
	Pure: true,
	Functions: []function{
		{
			Name: "encode", Args: args("bytes: string"), Returns: args("digits: string"),
			Text: "Two lower-case digits for each byte.",
			Do: func(c *call) int {
				s := c.Str("bytes")
				engine.Charge(c.L, 7*len(s), 0) // one copy, and two of the digits
				return c.give(lua.LString(hex.EncodeToString([]byte(s))))
			},
		},
		{
			Name: "decode", Args: args("digits: string"), Returns: args("bytes: string"), Fails: true, Kinds: "malformed",
			Text: "The bytes of pairs of hexadecimal digits, in either case.",
			Do: func(c *call) int {
				s := c.Str("digits")
				engine.Charge(c.L, 2*len(s), 0)
				b, err := hex.DecodeString(s)
				if err != nil {
					return c.fail(errMalformed{fmt.Errorf("not hexadecimal: pairs of digits expected, got %s", declare.Show(c.Value("digits")))})
				}
				return c.give(lua.LString(b))
			},
		},
	},
}

// globals are the global functions without a page of their own.
var globals = module{
	Page:      "globals",
	Text:      "Functions that belong to no module.",
	Functions: []function{sha1Function},
}

// sha1Function is the global sha1.
var sha1Function = function{
	Name: "sha1", Args: args("bytes: string"), Returns: args("digest: string"),
	Text: "The SHA-1 digest as 40 hex digits; id.raw gives its 20 bytes.",
	Do: func(c *call) int {
		s := c.Str("bytes")
		engine.Charge(c.L, len(s), len(s)/8)
		sum := sha1.Sum([]byte(s))
		return c.give(lua.LString(hex.EncodeToString(sum[:])))
	},
}

// nullValue is json.null.
func (b *Bindings) nullValue(L *lua.LState) lua.LValue {
	ud := L.NewUserData()
	mt := L.NewTable()
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString("null"))
		return 1
	}))
	mt.RawSetString("__metatable", lua.LFalse)
	ud.Metatable = mt
	b.null = ud
	return ud
}

// markObject marks a table as an object, or a new table if there is no argument.
func markObject(c *call, name string) int {
	t := c.L.NewTable()
	if c.Has(name) {
		t = c.Table(name)
	}
	if t.Metatable != lua.LNil && !plain.IsObject(t) {
		c.BadArgument(name, "the table has a metatable already; __jsontype = %q in that has the same effect", plain.ObjectMark)
	}
	c.L.SetMetatable(t, c.b.objectMeta(c.L))
	return c.give(t)
}

// objectMeta is the metatable of tables that markObject has marked.
func (b *Bindings) objectMeta(L *lua.LState) *lua.LTable {
	if b.marked == nil {
		b.marked = L.NewTable()
		b.marked.RawSetString("__jsontype", lua.LString(plain.ObjectMark))
	}
	return b.marked
}
