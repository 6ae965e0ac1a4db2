package network_test

import (
	"fmt"
	"log"

	"github.com/lightdht/lightdht/luabind/network"
)

// Settings of a header, changed by a flag: a part keeps the other parts.
func Example() {
	header, err := network.ParseSettings([]string{"nodes=200", "mix.silent=0.3"})
	if err != nil {
		log.Fatal(err)
	}
	flags, err := network.ParseSettings([]string{"mix.liar=0.1"})
	if err != nil {
		log.Fatal(err)
	}
	spec := header.With(flags)
	for _, s := range spec.Settings {
		fmt.Println(s.Name, "=", s.Value)
	}
	_, err = network.ParseSettings([]string{"loss=2"})
	fmt.Println(err)
	// Output:
	// nodes = 200
	// mix = {silent = 0.3, liar = 0.1}
	// option 'loss': number 0 to 1 expected, got 2
}
