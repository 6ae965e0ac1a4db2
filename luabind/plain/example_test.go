package plain_test

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/luabind/plain"
)

// The same value of a script as JSON and as bencode.
func Example() {
	L := lua.NewState()
	defer L.Close()
	if err := L.DoString(`value = { name = "a", parts = { 1, 2 } }`); err != nil {
		fmt.Println(err)
	}
	text, err := plain.EncodeJSON(L, L.GetGlobal("value"), nil)
	fmt.Printf("%s %v\n", text, err)
	bytes, err := plain.EncodeBencode(L, L.GetGlobal("value"))
	fmt.Printf("%s %v\n", bytes, err)
	// Output:
	// {"name":"a","parts":[1,2]} <nil>
	// d4:name1:a5:partsli1ei2eee <nil>
}
