// Command lightdht runs experiments on the BitTorrent DHT that are written as
// short Lua scripts: in a simulated network, on a private one, or as a member
// until interrupted. See the README, or run "lightdht help".
//
// The files form layers, from the lowest: header, memory, status; command; streams; main;
// completion, journal, key, limits, new, progress, types, version; network, probe; doctor, node,
// simnet; run, sharing; help, pack, share; console, fetch; runshared; prompt, sweep, verify.
package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/stdio"
)

// host is all that the commands know of the process they run in, so that tests
// run them without one. Nothing else in this package touches package os.
type host struct {
	args []string // without the program's name
	streams
	readFile func(path string) ([]byte, error)
	ran      files.Shelf      // the scripts of others that were run, to compare new versions with
	lookup   entry.Lookup     // the resolver of the system
	now      func() time.Time // the wall clock
	exit     func(code int)   // ends the process at once
	garbage  *garbageBound    // nil: garbage is left to Go
	// unhurried is called before work that watches for Ctrl-C itself, or that ends soon and
	// must not be cut short: from then on Ctrl-C does not end the process. It may be nil.
	unhurried func()
}

func main() {
	read, unread := context.WithCancelCause(context.Background())
	ctx, stop := signal.NotifyContext(read, endings()...)
	context.AfterFunc(ctx, stop)   // a second Ctrl-C ends the process at once
	signal.Ignore(syscall.SIGPIPE) // the stream reports it, so that files can still be written
	gone := func() { unread(errUnread) }
	out := &stdio.Stream{To: os.Stdout, Terminal: stdio.IsTerminal(os.Stdout), Closed: stdio.IsClosed(os.Stdout), Unread: gone}
	errout := &stdio.Stream{To: os.Stderr, Terminal: stdio.IsTerminal(os.Stderr), Unread: gone}
	h := &host{
		args: os.Args[1:],
		streams: streams{
			in: os.Stdin, out: out, errout: errout,
			inTerminal: stdio.IsTerminal(os.Stdin), outTerminal: out.Terminal,
			terminal: errout.Terminal && os.Getenv("TERM") != "dumb",
			rows:     func() int { return stdio.Rows(os.Stderr) },
		},
		readFile: files.Read, ran: files.Shelf{Dir: stateFolder("ran")},
		lookup: net.DefaultResolver.LookupNetIP, now: time.Now, exit: os.Exit, garbage: &garbageBound{},
	}
	h.unhurried = h.endLate(ctx, exitInterrupted, "interrupted; what went on did not stop by itself")
	os.Exit(h.outcome(ctx, h.run(ctx), out))
}

// endings are the signals that end a command as Ctrl-C does. SIGHUP is ignored under
// nohup.
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// lastChance is how long a run may take to end after it has been told to; chosen by us.
// Most end at once, but nothing can stop a Go function that computes or waits without end.
const lastChance = 3 * time.Second

// endLate ends the process when ctx has ended and the returned function is not
// called soon after.
func (h *host) endLate(ctx context.Context, code int, why string) (ended func()) {
	over := make(chan struct{})
	context.AfterFunc(ctx, func() {
		select {
		case <-over:
		case <-time.After(lastChance):
			if errors.Is(context.Cause(ctx), errUnread) {
				code = exitUnread
			} else {
				h.complain("%s", why)
			}
			h.exit(code)
		}
	})
	return sync.OnceFunc(func() { close(over) })
}

// takeTime says that Ctrl-C does not cut short what follows.
func (h *host) takeTime() {
	if h.unhurried != nil {
		h.unhurried()
	}
}

// stateFolder is the folder of that name for what the program remembers; "" if there is no place
// for it.
func stateFolder(name string) string {
	state := files.StateFolder("lightdht", os.Getenv)
	if state == "" {
		return ""
	}
	return filepath.Join(state, name)
}

// openFolder opens a folder; no name and no link leads out of it.
func openFolder(path string) (fs.FS, func() error, error) {
	folder, err := files.OpenFolder(path, false)
	if err != nil {
		return nil, nil, err
	}
	return folder.FS(), folder.Close, nil
}
