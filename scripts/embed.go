// Package scripts is the Lua library that comes with lightdht, written in Lua.
package scripts

import "embed"

// FS holds the modules: require "lightdht.census" opens lightdht/census.lua in
// it. It is what engine.Options.Library takes.
//
//go:embed lightdht
var FS embed.FS
