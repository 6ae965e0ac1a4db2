//go:build unix

package stdio

import "golang.org/x/sys/unix"

// terminal reports whether an open file is one: it has a size, if an unknown one.
func terminal(file uintptr) bool {
	_, err := unix.IoctlGetWinsize(int(file), unix.TIOCGWINSZ)
	return err == nil
}

// rows is how many rows a terminal has, 0 if that is not known.
func rows(file uintptr) int {
	size, err := unix.IoctlGetWinsize(int(file), unix.TIOCGWINSZ)
	if err != nil {
		return 0
	}
	return int(size.Row)
}
