// Embed runs a script from a Go program, on the simulated network that the script's header asks
// for. The script gets a struct and a function of the program, through gopher-luar, and the program
// gets what it returns.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/lightdht/lightdht/luabind/experiment"
)

// Torrent is a type of this program; the script sees its fields and methods.
type Torrent struct {
	Name   string
	Pieces int
}

// Describe is a method that the script calls.
func (t *Torrent) Describe() string { return fmt.Sprintf("%s, %d pieces", t.Name, t.Pieces) }

const script = `
experiment{ title = "Is a torrent to be found?", network = { nodes = 100 } }
print("looking for", torrent:Describe())
local info_hash = id.sha1(torrent.Name)
dht.announce_peer(info_hash, 6881)       -- blocks the script, not the program
local peers = dht.get_peers(info_hash)
return verify(torrent.Pieces), #peers`

func main() {
	x := experiment.New("embedded.lua", script)
	if err := x.Arguments(nil); err != nil { // also reads the header
		log.Fatal(err)
	}
	outcome, err := x.Run(context.Background(), experiment.Options{Values: map[string]any{
		"torrent": &Torrent{Name: "debian.iso", Pieces: 20},
		"verify":  func(pieces int) int { return pieces - 1 },
	}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("pieces that are there, and peers:", outcome.Values)
}
