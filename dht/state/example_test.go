package state_test

import (
	"fmt"
	"log"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/state"
	"github.com/lightdht/lightdht/dht/udp"
)

// A node leaves its id in a file, and the next one takes it up.
func Example() {
	dir, err := os.MkdirTemp("", "state")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file, err := state.Hold(filepath.Join(dir, "me.jsonl"))
	if err != nil {
		log.Fatal(err)
	}
	defer file.Release()

	for i := range 2 {
		saved, err := file.Load(nil)
		if err != nil {
			log.Fatal(err)
		}
		if i == 0 { // there is no file yet
			saved.ID = krpc.ID{0xca, 0xfe}
		}
		node, err := udp.Listen(udp.Config{Listen: netip.MustParseAddrPort("127.0.0.1:0"), Node: dht.Config{ID: saved.ID}})
		if err != nil {
			log.Fatal(err)
		}
		keeper, err := file.Keep(node, func(text string) { log.Print(text) })
		if err != nil {
			log.Fatal(err)
		}
		node.Do(func(_ dht.Time, n *dht.Node) { fmt.Println("run", i+1, "has the id", n.ID()) })
		if err := keeper.Close(); err != nil {
			log.Fatal(err)
		}
		node.Close()
	}
	// Output:
	// run 1 has the id cafe000000000000000000000000000000000000
	// run 2 has the id cafe000000000000000000000000000000000000
}
