package editor_test

import (
	"fmt"
	"strings"

	"github.com/lightdht/lightdht/luabind/editor"
)

// What "lightdht types" writes.
func Example() {
	files, err := editor.Files()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range files {
		if strings.Contains(string(f.Data), "---@class dht.Table") {
			fmt.Println(f.Name)
		}
	}
	fmt.Println(editor.SettingsFile, editor.Suffice([]byte(`{"runtime.version": "Lua 5.4"}`)))
	// Output:
	// .lightdht/types/dht.lua
	// .luarc.json false
}
