//go:build unix

package console

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Signals that a console understands. Ctrl-Z comes as SIGTSTP while a chunk runs.
var (
	interrupts = []os.Signal{os.Interrupt}
	suspends   = []os.Signal{syscall.SIGTSTP}
	endings    = []os.Signal{syscall.SIGTERM, syscall.SIGHUP}
)

// windowSize is the size of a terminal; ok is false if the file is not a terminal. 0 means that the
// terminal does not know its size.
func windowSize(f *os.File) (columns, rows int, ok bool) {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0, false
	}
	return int(size.Col), int(size.Row), true
}
