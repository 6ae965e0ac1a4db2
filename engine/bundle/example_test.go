package bundle_test

import (
	"fmt"
	"testing/fstest"

	"github.com/lightdht/lightdht/engine/bundle"
)

// What a script needs is found by what it says; one file then holds it all.
func Example() {
	folder := fstest.MapFS{
		"walk.lua":       {Data: []byte(`local steps = require "steps" for line in io.lines("targets.txt") do steps.walk(line) end`)},
		"steps.lua":      {Data: []byte(`return { walk = print }`)},
		"targets.txt":    {Data: []byte("one\n")},
		"unrelated.docx": {Data: []byte("...")},
	}
	files, missing, err := bundle.Collect(folder, "walk.lua", fstest.MapFS{})
	if err != nil {
		fmt.Println(err)
		return
	}
	made := bundle.Bundle{Version: "1.0", Title: "Walks", Script: "walk.lua", Files: files}
	archive, err := made.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	read, err := bundle.Parse(archive)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range read.Files {
		fmt.Println(f.Name, len(f.Data))
	}
	fmt.Println(read.Title, missing)
	// Output:
	// steps.lua 23
	// targets.txt 4
	// walk.lua 89
	// Walks []
}
