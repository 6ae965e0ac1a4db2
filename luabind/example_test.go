package luabind_test

import (
	"context"
	"fmt"
	"os"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind"
	"github.com/lightdht/lightdht/luabind/network"
)

// A script that looks for peers in a simulated network of 100 nodes.
func Example() {
	const source = `
		local p = experiment{ title = "Announce and find", params = { port = 6881 } }
		sleep(1) -- the node joins by itself
		local movie = id.sha1("a movie")
		local stored = assert(dht.announce_peer(movie, p.port))
		local peers = assert(dht.get_peers(movie))
		check("somebody stored it", stored > 0)
		check("it is found again", #peers == 1, #peers)
		print(peers[1])`

	header, err := luabind.ReadHeader("announce.lua", source)
	if err != nil {
		fmt.Println(err)
		return
	}
	params := []network.Param{{Name: "port", Value: "7000"}} // --port=7000
	if err := header.Check(params); err != nil {
		fmt.Println(err)
		return
	}

	world, err := sim.New(sim.Config{Nodes: 100, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	own, err := world.Open(dht.Config{Bootstrap: world.Entry(3)})
	if err != nil {
		fmt.Println(err)
		return
	}
	own.Do(func(now dht.Time, n *dht.Node) { n.Bootstrap(now, nil, func(dht.Time, *dht.Result) {}) })

	b := luabind.New(luabind.Options{Network: luabind.NewSim(world, own), Params: params})
	e, err := engine.New(engine.Options{Clock: luabind.SimClock(world), Stdout: os.Stdout, Modules: b.Modules()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	_, err = e.Run(context.Background(), "announce.lua", source)
	passed, failed := b.Checks()
	fmt.Printf("%s: %d passed, %d failed, error %v\n", header.Title, passed, failed, err)
	// Output:
	// ok    somebody stored it
	// ok    it is found again
	// 58.181.52.152:7000
	// Announce and find: 2 passed, 0 failed, error <nil>
}

// What a console or a command shows of a name that somebody typed.
func ExampleHelp() {
	const name = "dht.tabel:remove"
	text, ok := luabind.Help(name)
	if !ok {
		near := luabind.Nearest(name)
		fmt.Printf("nothing is called %s; did you mean %s?\n\n", name, near)
		text, _ = luabind.Help(near)
	}
	fmt.Print(text)
	// Output:
	// nothing is called dht.tabel:remove; did you mean dht.table:remove?
	//
	// dht.table:remove(id)
	//
	//   takes    id: id
	//   returns  removed: boolean
	//
	// Forgets a node; false if it was not known.
	//
	// example
	//   local entry = dht.table:closest(dht.id, 1)[1]
	//   print(dht.table:remove(entry.id), dht.table:remove(entry.id), dht.table[entry.id])
	//   --> true	false	nil
}
