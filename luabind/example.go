package luabind

import (
	"embed"
	"strings"
)

// examples holds a short script for each function, named after it:
// dht.get_peers.lua, dht.Table.closest.lua. A comment "--> text" is a line that
// it prints; a script has all of its lines, or none.
//
//go:embed examples/*.lua
var examples embed.FS

// exampleName is the name of the script that shows a function; "" for what is no
// function.
func (t *topic) exampleName() string {
	switch {
	case t.function == nil:
		return ""
	case t.class != nil:
		return t.class.Name + "." + t.function.Name
	}
	return t.name
}

// example is the script that shows a function, or "".
func (t *topic) example() string {
	text, err := examples.ReadFile("examples/" + t.exampleName() + ".lua")
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(text), "\n")
}
