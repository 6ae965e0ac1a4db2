package console_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/console"
)

// The engine writes to the screen of its console. Here a pipe stands for the person; on os.Stdin
// there would be a line editor.
func Example() {
	typed := strings.NewReader("local n = 6\nn * 7\n{ { name = 'a', size = n }, { name = 'b' } }\n")
	screen := console.NewScreen(typed, os.Stdout, os.Stdout, nil)
	e, err := engine.New(engine.Options{Stdout: screen.Out(), Stderr: screen.Errout()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	code := console.New(console.Options{Engine: e, Screen: screen, App: "example"}).Run(context.Background())
	fmt.Println("exit code", code)
	// Output:
	// 42
	// name  size
	// a        6
	// b        -
	// exit code 0
}
