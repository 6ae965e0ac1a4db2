package plain

import (
	"bytes"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// What can be decoded can be encoded, and is then in a form that stays.
func checkStays(t *testing.T, decode func([]byte) (lua.LValue, error), encode func(lua.LValue) ([]byte, error), data []byte) {
	t.Helper()
	v, err := decode(data)
	if err != nil {
		return
	}
	once, err := encode(v)
	if err != nil {
		t.Fatalf("%q was decoded but cannot be encoded: %v", data, err)
	}
	if v, err = decode(once); err != nil {
		t.Fatalf("%q was encoded as %q, which cannot be decoded: %v", data, once, err)
	}
	if twice, err := encode(v); err != nil || !bytes.Equal(once, twice) {
		t.Fatalf("%q was encoded as %q and then as %q, %v", data, once, twice, err)
	}
}

func FuzzJSON(f *testing.F) {
	for _, text := range []string{`{"a":[1,2.5e3,null,true],"b":"é\n"}`, `[[[]]]`, "9007199254740993", "-0", "90070092547409E3", `{"1":{"1":null}}`, "[1,", `"\ud800"`} {
		f.Add([]byte(text))
	}
	L := lua.NewState()
	null, empty := L.NewUserData(), marked(L)
	f.Fuzz(func(t *testing.T, data []byte) {
		checkStays(t,
			func(b []byte) (lua.LValue, error) { return DecodeJSON(L, string(b), null, empty) },
			func(v lua.LValue) ([]byte, error) { return EncodeJSON(L, v, null) }, data)
	})
}

func FuzzBencode(f *testing.F) {
	for _, text := range []string{"d1:ad2:id3:abce1:lli1ei-2eee", "i9007199254740993e", "le", "0:", "d1:1i1ee", "l", "2147483647:"} {
		f.Add([]byte(text))
	}
	L := lua.NewState()
	empty := marked(L)
	f.Fuzz(func(t *testing.T, data []byte) {
		checkStays(t, func(b []byte) (lua.LValue, error) { return DecodeBencode(L, b, empty) }, func(v lua.LValue) ([]byte, error) { return EncodeBencode(L, v) }, data)
	})
}

// marked is a metatable with the mark of an object.
func marked(L *lua.LState) *lua.LTable {
	mt := L.NewTable()
	mt.RawSetString("__jsontype", lua.LString(ObjectMark))
	return mt
}
