package stdio_test

import (
	"bytes"
	"fmt"
	"io"

	"github.com/lightdht/lightdht/engine/stdio"
)

// The output of a stranger cannot command a terminal; what the program draws can.
func Example() {
	var terminal bytes.Buffer
	out := &stdio.Stream{To: &terminal, Terminal: true}
	fmt.Fprintln(out, "found it \x1b[2J")
	io.WriteString(stdio.Drawn(out), "\r[###  ]")
	out.Flush()
	fmt.Printf("%q, error: %v\n", terminal.String(), out.Err())
	// Output:
	// "found it \\x1b[2J\n\r[###  ]", error: <nil>
}
