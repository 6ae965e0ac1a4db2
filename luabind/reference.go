package luabind

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/store"
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

// referenceIntro opens the reference.
const referenceIntro = `# Reference

Scripts are Lua 5.1. They have the base functions and the string, table, math and coroutine libraries of Lua, and the
modules below. ` + "`lightdht help NAME`" + ` shows any part of this reference in a terminal. ` + "`lightdht types DIR`" + ` writes
definitions for editors that use the Lua language server.

## Conventions

- An **id** is 40 lower-case hex digits; functions also take 20 raw bytes. An **address** is ` + "`\"192.0.2.1:6881\"`" + ` or
  ` + "`\"[2001:db8::1]:6881\"`" + `. **Seconds** are numbers; on a simulated network they are virtual.
- ` + "`name?: type`" + ` can be left out, or can be nil. Options are a table, the last argument; an unknown option is an error.
- A function that **fails** returns nil and an error: ` + "`err.kind`" + ` is one of the listed words, ` + "`tostring(err)`" + ` is a
  sentence, ` + "`assert`" + ` raises it; see [dht.Error](dht.md#type-dhterror). A wrong argument is a Lua error at the line of the
  call.
- A function that **waits** blocks its task. Other tasks go on, and the node goes on serving.
- ` + "`dht.get_peers(h)`" + ` asks the node of the run. Any other node ` + "`n`" + ` has the same functions: ` + "`n:get_peers(h)`" + `.
- Examples run on a simulated network of 100 nodes; ` + "`-->`" + ` shows what they print.

## The language

A test compares thousands of random programs with PUC-Rio's Lua 5.1. lightdht differs where a run must be repeatable or
bounded, and has some conveniences of later versions:

- ` + "`tostring({})`" + ` shows a number in place of a memory address. ` + "`nan`" + ` has no sign. ` + "`pairs`" + ` follows the order of
  insertion.
- As in Lua 5.2: ` + "`goto`" + ` and labels, empty statements, ` + "`load`" + ` of a string, ` + "`__len`" + ` and ` + "`__pairs`" + ` of tables, ` + "`%s`" + ` of any
  value in string.format, ` + "`assert`" + ` with any value, further arguments of xpcall.
- A product or quotient of two variables that is zero has no sign. With a minus or a literal in it, it has one.
- A string that one library call makes has at most 16 MB. unpack returns at most 8,000 values.
`

// taskIndex says which function does what somebody wants.
var taskIndex = declare.Table{
	Name: "tasks", Text: "The functions for a task.",
	Head: []string{"task", "use", ""},
	Rows: [][]string{
		{"find the nodes near an id", "dht.find_node", ""},
		{"find the peers of a torrent", "dht.get_peers", ""},
		{"announce a peer of a torrent", "dht.announce_peer, dht.forget", "keep_alive announces again"},
		{"count the seeds and peers of a torrent", "dht.scrape", "BEP 33"},
		{"store and read data", "dht.put, dht.get", "BEP 44"},
		{"store data that only its owner can change", "key.new, key.target, dht.put, dht.get", "option secret_key"},
		{"publish a torrent under a key", "dht.put_torrent, dht.get_torrent", "BEP 46"},
		{"send one query to one node", "dht.rpc.ping, dht.rpc.find_node, dht.rpc.query", "any method, any arguments"},
		{"send a broken datagram", "dht.rpc.raw", ""},
		{"crawl: visit every node", "dht.table:each, dht.rpc.find_node, task.map", ""},
		{"list the torrents of the network", "lightdht.sample, dht.rpc.sample_infohashes", "BEP 51"},
		{"estimate the size of the network", "lightdht.census", ""},
		{"test whether a node follows the rules", "lightdht.conformance", ""},
		{"look at the nodes that are known", "dht.table, dht.table:closest, dht.table:sorted, dht.table:count", ""},
		{"keep the table for another run", "dht.table:save, dht.table:load", ""},
		{"watch or answer incoming queries", "dht.on, events", ""},
		{"see what a node stores for others", "dht.announced, dht.items, lifetimes", ""},
		{"run a node and do nothing else", "dht.serve", ""},
		{"open more nodes of your own", "dht.open, sim.node", ""},
		{"choose the simulated network of a script", "experiment, ExperimentNetwork", "or flags: `lightdht help run`"},
		{"make the network lossy or slow", "sim.link, ExperimentNetwork", "options loss and latency"},
		{"let members come and go", "sim.churn, sim.add, sim.remove", ""},
		{"put members behind NAT", "sim.link, ExperimentNetwork", "option nat"},
		{"add attackers or broken members", "sim.add, sim.behave, Mix", ""},
		{"cut the network in two", "sim.partition, sim.heal", ""},
		{"have members search in the background", "sim.traffic, sim.torrent", ""},
		{"measure recall: the true closest nodes", "sim.closest", ""},
		{"take parameters from the command line", "experiment, arg", "`lightdht run s.lua --rounds=20`"},
		{"keep results", "record", "`--out` of `lightdht run` chooses the format"},
		{"test a claim", "check", "a failed check is exit code 3"},
		{"write messages for the person at the terminal", "log.info, log.warn, log.debug", ""},
		{"do several things at once", "task.map, task.spawn, task.timeout", ""},
		{"wait", "sleep, task.now", "virtual time on a simulated network"},
		{"work with ids", "id.distance, id.common_prefix, id.with_prefix, id.random", ""},
		{"read and write JSON, bencode and hex", "json.encode, json.decode, bencode.encode, bencode.decode, hex.encode, hex.decode", ""},
		{"read and write files", "io.open, io.lines", "in the folders that the run may use"},
		{"use code from another file", "require", ""},
	},
}

// lifetimeTable says how long a node keeps things, as the constants have it.
var lifetimeTable = declare.Table{
	Name: "lifetimes", Page: "dht", Text: "How long a node keeps things, in the time of the network. Every node of a simulated network keeps the same rules.",
	Head: []string{"what", "kept for", "made again by"},
	Rows: [][]string{
		{"an announced peer", spoken(store.DefaultExpiry) + " after the last announce", "dht.announce_peer with keep_alive: " + every(dht.AnnounceAgain)},
		{"an item of BEP 44", spoken(store.DefaultItemExpiry) + " after the last put", "dht.put with keep_alive: " + every(dht.PutAgain)},
		{"a token", spoken(store.TokenSpan) + " to " + spoken(2*store.TokenSpan), "each reply to get_peers and get brings a new one"},
		{"the sample of info-hashes that a node gives", "up to " + spoken(store.MaxSampleInterval), "dht.rpc.sample_infohashes: reply.interval says when to ask again"},
		{"an entry of dht.table", "the whole run", "dht.table:remove forgets it; --state keeps the table for the next run"},
		{"a subscription of dht.on", "until its :off(), or the end of the run", ""},
		{"a node of dht.open", "until its :close(), or the end of the run", ""},
	},
}
