package stdio

import "os"

// IsTerminal reports whether a file is a terminal.
func IsTerminal(f *os.File) bool {
	var is bool
	if raw, err := f.SyscallConn(); err == nil { // Fd would change how the file is read
		raw.Control(func(file uintptr) { is = terminal(file) })
	}
	return is
}

// usualRows is how many rows a terminal has that does not say it.
const usualRows = 24

// Rows is how many rows a terminal has; 24 if it does not say.
func Rows(f *os.File) int {
	number := 0
	if raw, err := f.SyscallConn(); err == nil {
		raw.Control(func(file uintptr) { number = rows(file) })
	}
	if number <= 0 {
		return usualRows
	}
	return number
}

// IsClosed reports whether a standard stream was closed when the process began, on systems that
// tell: Linux.
func IsClosed(f *os.File) bool {
	var is bool
	if raw, err := f.SyscallConn(); err == nil {
		raw.Control(func(file uintptr) { is = closed(file) })
	}
	return is
}
