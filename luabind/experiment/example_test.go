package experiment_test

import (
	"context"
	"fmt"
	"log"

	"github.com/lightdht/lightdht/luabind/experiment"
	"github.com/lightdht/lightdht/luabind/network"
)

// What "lightdht run 02-get-peers.lua" does, and prints.
func Example() {
	x, err := experiment.Open("../../examples/02-get-peers.lua")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := x.Run(context.Background(), experiment.Options{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 58.181.52.152:6881
	// 1	peers;	46	nodes known;	8	queries
}

// A script of the program's own, with a Go function of the program, and what it returns.
func ExampleNew() {
	x := experiment.New("greet.lua", `
		experiment{ network = { nodes = 50 } }
		return greet("DHT"), sim.size()`)
	if err := x.Arguments(nil); err != nil { // reads the header, too
		log.Fatal(err)
	}
	greet := func(name string) string { return "hello, " + name }
	outcome, err := x.Run(context.Background(), experiment.Options{Values: map[string]any{"greet": greet}})
	fmt.Println(outcome.Values, err)
	// Output: [hello, DHT 50] <nil>
}

// A script in six worlds, whose rows come in the order of the combinations.
func ExampleExperiment_Plan() {
	x := experiment.New("loss.lua", `
		local found = dht.find_node(id.random())
		record{ found = #found }`)
	if err := x.ReadHeader(); err != nil {
		log.Fatal(err)
	}
	network, err := network.ParseSettings([]string{"nodes=50"})
	if err != nil {
		log.Fatal(err)
	}
	sweep, err := x.Plan(experiment.SweepOptions{
		Options: experiment.Options{Network: network},
		Seeds:   "1..2", Vary: []string{"loss=0,0.1,0.2"}, Workers: 2,
	})
	if err != nil {
		log.Fatal(err)
	}
	outcome, err := sweep.Run(context.Background())
	fmt.Println(outcome.Done, "runs,", outcome.Rows, "rows,", err)
	// Output:
	// {"seed":1,"loss":0,"found":8}
	// {"seed":1,"loss":0.1,"found":8}
	// {"seed":1,"loss":0.2,"found":8}
	// {"seed":2,"loss":0,"found":8}
	// {"seed":2,"loss":0.1,"found":8}
	// {"seed":2,"loss":0.2,"found":8}
	// 6 runs, 6 rows, <nil>
}
