package share_test

import (
	"fmt"

	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/share"
)

// A file goes into a network that keeps items by their hashes, and comes out again.
func Example() {
	pieces, err := share.Cut("hello.lua", []byte(`print("hello")`))
	if err != nil {
		fmt.Println(err)
		return
	}
	network := map[krpc.ID][]byte{}
	for _, item := range pieces.Items {
		network[item.Target()] = item.Value
	}
	link := share.Link{Root: pieces.Target}.String()
	fmt.Println(len(link), "characters")

	l, err := share.ParseLink(link)
	if err != nil {
		fmt.Println(err)
		return
	}
	g := share.NewGather(l.Target())
	for !g.Done() {
		for _, target := range g.Missing() {
			if err := g.Take(target, network[target]); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	root, _ := g.Root()
	data, err := g.Data()
	fmt.Printf("%s: %s (%d items) %v\n", root.Name, data, root.Items(), err)
	// Output:
	// 49 characters
	// hello.lua: print("hello") (2 items) <nil>
}
