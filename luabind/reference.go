package luabind

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/lightdht/lightdht/luabind/declare"
	"github.com/lightdht/lightdht/scripts"
)

// textWidth is how wide help is, in characters: a terminal's usual width.
const textWidth = 80

// Help returns the reference of a name as plain text: of a function, a method, a
// type, a field or a module, spelt as in a script ("dht.get_peers",
// "dht.table:closest", "sim") or by its last part ("get_peers"), of which all are
// listed if there are several; also of a module of the library ("lightdht.census").
// ok is false if there is nothing of that name.
func Help(name string) (text string, ok bool) { return HelpWithin(name, textWidth) }

// HelpWithin is [Help] with its sentences in lines of fewer than width characters;
// signatures and examples are as long as they are.
func HelpWithin(name string, width int) (text string, ok bool) { return catalogue().Help(name, width) }

// Names lists all that [Help] knows, as scripts write it.
func Names() []string { return catalogue().Names() }

// Nearest is the name in [Names] that was probably meant, or "".
func Nearest(name string) string { return catalogue().Nearest(name) }

// Reference returns the whole reference as Markdown, a page for each module.
func Reference() []declare.File { return catalogue().Pages() }

// Types returns what an editor has to know of all that a script can use, generated
// from the definitions by which the functions are registered.
func Types() []declare.File { return catalogue().Types() }

// catalogue lists all that a script can see of lightdht, in the order of the
// reference: the modules of this package, those of the engine, and the library.
func catalogue() *declare.Catalogue[*call] {
	return &declare.Catalogue[*call]{
		Modules: []*module{
			&dhtModule, &rpcModule, &simModule, &experimentModule, &resultModule, &taskModule, &idModule, &keyModule, &globalsTopic,
			&jsonModule, &bencodeModule, &hexModule, &logModule, &ioModule, &osModule, &packageModule, &debugModule,
		},
		Library: library(),
		Tables:  []*declare.Table{&taskIndex, &eventTable, &lifetimeTable},
		Intro:   referenceIntro,
		Command: "go test ./luabind -run Reference -rewrite",
		Shared:  sharedTypes,
		Error:   errorClass.Name,
		Example: example,
	}
}

// library reads the modules of the library that a script may require, once. Folders hold
// parts of them.
var library = sync.OnceValue(func() (modules []*module) {
	names, _ := fs.Glob(scripts.FS, "lightdht/*.lua") // the pattern is valid
	slices.Sort(names)
	for _, name := range names {
		text, _ := fs.ReadFile(scripts.FS, name) // it is embedded
		dotted := strings.ReplaceAll(strings.TrimSuffix(name, ".lua"), "/", ".")
		m, err := declare.Library[*call](dotted, string(text))
		if err != nil {
			panic(err) // a test reads all of them
		}
		modules = append(modules, m)
	}
	return modules
})

// examples holds a short script for each function, named after it:
// dht.get_peers.lua, dht.Table.closest.lua. A comment "--> text" is a line that
// it prints; a script has all of its lines, or none.
//
//go:embed examples/*.lua
var examples embed.FS

// example is the script that shows a function, or "".
func example(name string) string {
	text, err := examples.ReadFile("examples/" + name + ".lua")
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(text), "\n")
}

// sharedTypes are the types that definitions use besides those of LuaLS.
const sharedTypes = `
---40 lower-case hex digits; as an argument also 20 raw bytes.
---@alias id string

---"192.0.2.1:6881" or "[2001:db8::1]:6881".
---@alias address string

---A time or a duration, in seconds. On a simulated network it is virtual.
---@alias seconds number
`
