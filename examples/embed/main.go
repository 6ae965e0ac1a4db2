// Embed runs a script from a Go program, gives it a struct and a function of the
// program's own, and gets a value back.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/lightdht/lightdht/engine"
)

// Torrent is a type of this program; the script sees its fields and methods.
type Torrent struct {
	Name   string
	Pieces int
}

const script = `
print("checking", torrent.Name)
sleep(0.01)                         -- blocks the script, not the program
return verify(torrent.Pieces), "pieces are there"`

func main() {
	e, err := engine.New(engine.Options{Stdout: os.Stdout})
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	e.Set("torrent", &Torrent{Name: "debian.iso", Pieces: 20})
	e.Set("verify", func(pieces int) int { return pieces - 1 })
	values, err := e.Run(context.Background(), "embedded.lua", script)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(values...)
}
