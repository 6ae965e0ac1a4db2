package plain

import (
	"errors"
	"math"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/declare"
)

// EncodeBencode writes a Lua value in bencode. The error says which part of the
// value has no bencode, as in "at .args[2]: 0.5 is not a whole number".
func EncodeBencode(L *lua.LState, v lua.LValue) ([]byte, error) {
	plain, err := newPlainer(L, maxBencodeDepth).bencode(v, nil)
	if err != nil {
		return nil, err
	}
	return krpc.EncodeValue(plain)
}

// EncodeBencodeDict is EncodeBencode for dictionaries such as the arguments of a query:
// an empty table is an empty dictionary.
func EncodeBencodeDict(L *lua.LState, t *lua.LTable) ([]byte, error) {
	if n, isList := ListLen(t); isList && n == 0 {
		return []byte("de"), nil
	} else if isList {
		return nil, errors.New("a table with named fields is needed, got a list")
	}
	return EncodeBencode(L, t)
}

// DecodeBencode reads one bencoded value, as bencode.decode does. An empty dictionary gets a
// metatable, unless that is nil.
func DecodeBencode(L *lua.LState, b []byte, empty *lua.LTable) (lua.LValue, error) {
	size, work := bencodeCost(b)
	engine.Charge(L, size, work)
	v, err := krpc.DecodeValue(b)
	if err != nil {
		return nil, err
	}
	return bencodeValue(L, v, empty), nil
}

// bencodeCost estimates the cost of reading a text, in bytes and in instructions, including the Go
// value in between. For a text that is not bencoded the estimate means nothing.
func bencodeCost(b []byte) (size, work int) {
	const value, dictionary = 160, 800 // bytes; most of a dictionary is the space for its keys
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == 'd':
			size += dictionary
		case c == 'i' || c == 'l':
			size += value
		case c >= '0' && c <= '9':
			n := 0
			for ; i < len(b) && b[i] >= '0' && b[i] <= '9' && n < len(b); i++ {
				n = 10*n + int(b[i]-'0')
			}
			size += value + 2*min(n, len(b))
			i += n // and the colon
		}
		work += 8
	}
	return size, work
}

// bencodeValue makes a Lua value from a value of [krpc.DecodeValue]. The keys of a
// dictionary are in alphabetical order.
func bencodeValue(L *lua.LState, v any, empty *lua.LTable) lua.LValue {
	switch v := v.(type) {
	case int64:
		return Int64(v)
	case string:
		return lua.LString(v)
	case []any:
		return List(L, v, func(item any) lua.LValue { return bencodeValue(L, item, empty) })
	case map[string]any:
		t := L.CreateTable(0, len(v))
		for _, key := range sortedKeys(v) {
			t.RawSetString(key, bencodeValue(L, v[key], empty))
		}
		if len(v) == 0 && empty != nil {
			L.SetMetatable(t, empty)
		}
		return t
	}
	return lua.LNil
}

// maxBencodeDepth is the depth of nesting that krpc accepts.
const maxBencodeDepth = 32

// bencode makes the plain Go value that [krpc.EncodeValue] takes.
func (p *plainer) bencode(v lua.LValue, at *place) (any, error) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), p.spend(len(v), at)
	case lua.LNumber:
		f := float64(v)
		if f != math.Trunc(f) || f < math.MinInt64 || f >= math.MaxInt64 {
			return nil, at.errorf("%s is not a whole number of 64 bits", engine.FormatNumber(f))
		}
		return int64(f), p.spend(0, at)
	case *lua.LTable:
		return p.table(v, at, p.bencode)
	}
	return nil, at.errorf("%s cannot be bencoded: only strings, whole numbers and tables of them", declare.Show(v))
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
