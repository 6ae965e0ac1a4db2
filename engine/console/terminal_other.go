//go:build !unix

package console

import "os"

// Signals that a console understands. There is no key that suspends a chunk here.
var (
	interrupts = []os.Signal{os.Interrupt}
	suspends   []os.Signal
	endings    []os.Signal
)

// windowSize takes every character device for a terminal of unknown size.
func windowSize(f *os.File) (columns, rows int, ok bool) {
	info, err := f.Stat()
	return 0, 0, err == nil && info.Mode()&os.ModeCharDevice != 0
}
