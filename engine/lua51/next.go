package lua51

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

// tableFields are where gopher-lua's tables keep their list, and the places of all keys that they ever had.
var tableFields = func() (f struct{ array, places reflect.StructField }) {
	t := reflect.TypeFor[lua.LTable]()
	f.array, _ = t.FieldByName("array")
	f.places, _ = t.FieldByName("k2i")
	return f
}()

// HadKey reports whether a key without a value once had one: a loop may remove the entry that it is at, and go on. It is
// true of every key in a gopher-lua that keeps its tables in another way.
func HadKey(t *lua.LTable, key lua.LValue) bool {
	f := tableFields
	if f.array.Type != reflect.TypeFor[[]lua.LValue]() || f.places.Type != reflect.TypeFor[map[lua.LValue]int]() {
		return true
	}
	v := reflect.ValueOf(t).Elem()
	if n, ok := key.(lua.LNumber); ok && n >= 1 && int(n) <= v.FieldByIndex(f.array.Index).Len() && n == lua.LNumber(int(n)) {
		return true
	}
	return v.FieldByIndex(f.places.Index).MapIndex(reflect.ValueOf(&key).Elem()).IsValid()
}
