package lua51

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

// tableFields are the fields in which gopher-lua's tables keep their list, and the index of each
// key that they have ever had.
var tableFields = func() (f struct{ array, places reflect.StructField }) {
	t := reflect.TypeFor[lua.LTable]()
	f.array, _ = t.FieldByName("array")
	f.places, _ = t.FieldByName("k2i")
	return f
}()

// HadKey reports whether a key without a value once had one: a loop may remove the current entry
// and go on. gopher-lua's next takes any key (not reported upstream). HadKey is true of every key
// if the fields of gopher-lua's tables are unknown.
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
