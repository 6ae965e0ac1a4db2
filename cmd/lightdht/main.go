// Command lightdht runs experiments on the BitTorrent DHT that are written as
// short Lua scripts: in a simulated network, on a private one, or as a member
// until interrupted. See the README, or run "lightdht help".
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// host is all that the commands know of the process they run in, so that tests
// run them without one. Nothing else in this package touches package os.
type host struct {
	args     []string // without the program's name
	in       io.Reader
	out      io.Writer
	errout   io.Writer
	terminal bool // errout is one: progress may be shown
	readFile func(path string) ([]byte, error)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	h := &host{
		args: os.Args[1:], in: os.Stdin, out: os.Stdout, errout: os.Stderr,
		terminal: isTerminal(os.Stderr), readFile: os.ReadFile,
	}
	os.Exit(h.run(ctx))
}

// isTerminal reports whether somebody may be looking.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
