// Command lightdht runs experiments on the BitTorrent DHT that are written as
// short Lua scripts: in a simulated network, on a private one, or as a member
// until interrupted. See the README, or run "lightdht help".
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// host is all that the commands know of the process they run in, so that tests
// run them without one. Nothing else in this package touches package os.
type host struct {
	args        []string // without the program's name
	in          io.Reader
	out         io.Writer
	errout      io.Writer
	outTerminal bool // out is one
	terminal    bool // errout is one: progress may be shown
	readFile    func(path string) ([]byte, error)
	newFile     func(path string, data []byte) error // fails with fs.ErrExist if there is one
	writeFile   func(path string, data []byte) error // over what is there; makes its folder
	now         func() time.Time                     // what the machine's clock says
	exit        func(code int)                       // ends the process, whatever goes on
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	h := &host{
		args: os.Args[1:], in: os.Stdin, out: os.Stdout, errout: os.Stderr,
		outTerminal: isTerminal(os.Stdout),
		terminal:    isTerminal(os.Stderr) && os.Getenv("TERM") != "dumb",
		readFile:    os.ReadFile, newFile: newFile, writeFile: writeFile, now: time.Now, exit: os.Exit,
	}
	h.endLate(ctx, exitInterrupted, "interrupted; what went on did not stop by itself")
	os.Exit(h.run(ctx))
}

// lastChance is how long a run may take to end after it has been told to. Most end
// at once; what a script makes the Lua library do in a single step, as with a pattern
// that has to try every way to match, nothing can stop.
const lastChance = 3 * time.Second

// endLate ends the process when ctx has ended and the returned function is not
// called soon after.
func (h *host) endLate(ctx context.Context, code int, why string) (ended func()) {
	over := make(chan struct{})
	context.AfterFunc(ctx, func() {
		select {
		case <-over:
		case <-time.After(lastChance):
			h.complain("%s", why)
			h.exit(code)
		}
	})
	return sync.OnceFunc(func() { close(over) })
}

// isTerminal reports whether somebody may be looking.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// newFile writes a file where there was none. One that could not be written
// whole is taken away again.
func newFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}

// writeFile writes a file, over one that is there, and makes the folder for it.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}
