package probe_test

import (
	"context"
	"fmt"
	"log"

	"github.com/lightdht/lightdht/luabind/probe"
)

// A member of a simulated network keeps to all rules.
func Example() {
	report, err := probe.Run(context.Background(), probe.Options{Only: "find_node for"})
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range report.Rows {
		fmt.Println(row.Verdict, row.Severity, row.Rule)
	}
	fmt.Println(len(report.Faults()), "faults")
	// Output:
	// pass should refuses a find_node for a target of 19 bytes with 203
	// pass should refuses a find_node for a target of 21 bytes with 203
	// pass should refuses a find_node for a target that is a number with 203
	// 0 faults
}
