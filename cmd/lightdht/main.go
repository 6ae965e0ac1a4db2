// Command lightdht runs experiments on the BitTorrent DHT that are written as
// short Lua scripts: in a simulated network, on a private one, or as a member
// until interrupted. See the README, or run "lightdht help".
package main

import (
	"context"
	"errors"
	"io"
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
	inTerminal  bool // in is one: there may be somebody to ask
	readFile    func(path string) ([]byte, error)
	readSecret  func(path string) ([]byte, error)    // likewise, but no link
	newFile     func(path string, data []byte) error // fails with fs.ErrExist if there is one
	newSecret   func(path string, data []byte) error // likewise, for the owner's eyes only
	exposed     func(path string) bool               // whether it is a file that others than its owner may touch
	writeFile   func(path string, data []byte) error // over what is there; makes its folder
	openFolder  func(path string) (folder fs.FS, close func() error, err error)
	ran         files.Shelf      // the scripts of others that were run
	rows        func() int       // of the terminal; nil: nobody knows
	lookup      entry.Lookup     // asks the system
	now         func() time.Time // what the machine's clock says
	exit        func(code int)   // ends the process, whatever goes on
	garbage     *garbageBound    // nil: garbage is left to Go
	// unhurried is called when what comes minds Ctrl-C by itself, or will end in a while:
	// from then on the process is not ended soon after one. nil: nobody is to be told.
	unhurried func()
}

func main() {
	read, unread := context.WithCancelCause(context.Background())
	ctx, stop := signal.NotifyContext(read, endings()...)
	context.AfterFunc(ctx, stop)   // a second Ctrl-C ends the process at once
	signal.Ignore(syscall.SIGPIPE) // a stream tells, so that there is time to keep what is to be kept
	gone := func() { unread(errUnread) }
	out := &stream{to: os.Stdout, terminal: isTerminal(os.Stdout), closed: isClosed(os.Stdout), unread: gone}
	errout := &stream{to: os.Stderr, terminal: isTerminal(os.Stderr), unread: gone}
	h := &host{
		args: os.Args[1:], in: os.Stdin, out: out, errout: errout,
		outTerminal: out.terminal,
		terminal:    errout.terminal && os.Getenv("TERM") != "dumb",
		inTerminal:  isTerminal(os.Stdin),
		readFile:    files.Read, readSecret: files.ReadSecret, newFile: files.Create, newSecret: files.CreateSecret, exposed: files.Exposed, writeFile: files.Write, openFolder: openFolder,
		ran: files.Shelf{Dir: stateFolder("ran")}, rows: func() int { return terminalRows(os.Stderr) },
		lookup: net.DefaultResolver.LookupNetIP, now: time.Now, exit: os.Exit, garbage: &garbageBound{},
	}
	h.unhurried = h.endLate(ctx, exitInterrupted, "interrupted; what went on did not stop by itself")
	os.Exit(h.outcome(ctx, h.run(ctx), out))
}

// endings are the signals that end a command as Ctrl-C does. SIGHUP, the end
// of the terminal, is ignored under nohup.
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// lastChance is how long a run may take to end after it has been told to. Most end
// at once; but nothing can stop a function of the host's own that computes without
// end, or waits for what does not come.
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

// takeTime says that what comes is not to be cut short.
func (h *host) takeTime() {
	if h.unhurried != nil {
		h.unhurried()
	}
}

// isTerminal reports whether somebody may be looking.
func isTerminal(f *os.File) bool {
	var is bool
	if raw, err := f.SyscallConn(); err == nil { // Fd would change how the file is read
		raw.Control(func(file uintptr) { is = terminal(file) })
	}
	return is
}

// stateFolder is the folder of that name for what the program remembers; "" if there is no place for it.
func stateFolder(name string) string {
	state := files.StateFolder("lightdht", os.Getenv)
	if state == "" {
		return ""
	}
	return filepath.Join(state, name)
}

// terminalRows is how many rows a terminal has; 24 if it does not say.
func terminalRows(f *os.File) int {
	number := 0
	if raw, err := f.SyscallConn(); err == nil {
		raw.Control(func(file uintptr) { number = rows(file) })
	}
	if number <= 0 {
		return 24
	}
	return number
}

// isClosed reports whether nobody has given the process this standard stream.
func isClosed(f *os.File) bool {
	var is bool
	if raw, err := f.SyscallConn(); err == nil {
		raw.Control(func(file uintptr) { is = closed(file) })
	}
	return is
}

// openFolder lends a folder, out of which no name and no link leads.
func openFolder(path string) (fs.FS, func() error, error) {
	folder, err := files.OpenFolder(path, false)
	if err != nil {
		return nil, nil, err
	}
	return folder.FS(), folder.Close, nil
}
