package exact_test

import (
	"fmt"

	"github.com/lightdht/lightdht/engine/exact"
)

func Example() {
	fmt.Println(exact.Pow(2, 0.5), exact.Log(10), exact.Sin(1))
	// Output: 1.4142135623730951 2.302585092994046 0.8414709848078965
}
