//go:build darwin || freebsd || netbsd

package files

import (
	"fmt"
	"os"
	"syscall"
)

// identity is what the file system knows a folder by: its number, and when it was made, which who unpacks an archive can
// set here.
func identity(folder *os.File) (string, error) {
	info, err := folder.Stat()
	if err != nil {
		return "", err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identityOf(folder)
	}
	return fmt.Sprintf("%d made %d.%09d", stat.Ino, stat.Birthtimespec.Sec, stat.Birthtimespec.Nsec), nil
}
