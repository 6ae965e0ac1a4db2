// Package luabind has the Lua modules that are written in Go: the functions with which a
// script uses the DHT.
//
// A [Bindings] belongs to one run of one script. [Bindings.Modules] gives the
// engine what the script will see; the network comes from the host program. In
// a simulated world, of which own is the script's own node:
//
//	b := luabind.New(luabind.Options{Network: luabind.NewSim(world, own)})
//	e, err := engine.New(engine.Options{Clock: luabind.SimClock(world), Modules: b.Modules()})
//	...
//	defer e.Close()
//	_, err = e.Run(ctx, "script.lua", source)
//	passed, failed := b.Checks()
//
// [ReadHeader] reads the header of a script, experiment{...}, without running it.
//
// Each function that scripts can call is declared once, as a value with its
// name, its signature and its text; see package declare. The same declarations make
// the help, the reference and the definitions for editors: [Help], [Reference], [Types].
//
// The files form layers, from the lowest: network, bindings, bind, values, call, node; results,
// id, codec, key; entry, reply, walk, item, stored, torrent; rpc, table, handler, hook, member;
// dht, world, experiment, sim; luabind, reader, enginelib, reference.
package luabind
