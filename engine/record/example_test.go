package record_test

import (
	"fmt"
	"os"

	"github.com/lightdht/lightdht/engine/record"
)

// One row at a time, into any number of outputs; here for a terminal and, as JSON Lines, for a
// pipe.
func Example() {
	results := record.New(record.Limits{Rows: 1e6}, record.NewLines(os.Stdout), record.NewText(os.Stdout))
	for _, nodes := range []int{1000, 100000} {
		err := results.Add("", record.Row{
			{Name: "nodes", Value: nodes},
			{Name: "hops", Value: float64(nodes) / 30000},
			{Name: "start", Value: "warm"},
		})
		if err != nil {
			fmt.Println(err)
		}
	}
	if err := results.Close(); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%d rows, digest %.8s...\n", results.Rows(), record.Digest(results.Digest()))
	// Output:
	// {"nodes":1000,"hops":0.03333333333333333,"start":"warm"}
	// {"nodes":100000,"hops":3.3333333333333335,"start":"warm"}
	//  nodes       hops  start
	//   1000  0.0333333  warm
	// 100000    3.33333  warm
	// 2 rows, digest 9870a6e6...
}

// Runs of a sweep end in any order, and are written in that of their numbers.
func ExampleGather() {
	results := record.New(record.Limits{}, record.NewText(os.Stdout))
	sweep := record.NewGather(results, 64<<20)
	for _, run := range []int{2, 0, 1} { // on many goroutines
		rows := new(record.Held)
		one := record.New(record.Limits{}, rows)
		one.Add("", record.Row{{Name: "hops", Value: 3 + run}})

		parameters := record.Row{{Name: "loss", Value: float64(run) / 10}, {Name: "seed", Value: 1}}
		if err := sweep.Add(run, parameters, rows); err != nil {
			fmt.Println(err)
		}
	}
	sweep.Close()
	results.Close()
	// Output:
	// loss  seed  hops
	//    0     1     3
	//  0.1     1     4
	//  0.2     1     5
}
