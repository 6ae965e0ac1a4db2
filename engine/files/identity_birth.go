//go:build darwin || freebsd || netbsd

package files

import (
	"fmt"
	"os"
	"syscall"
)

// identity identifies a folder in its file system: by its number and its time of creation, which
// can be set by the program that unpacks an archive here.
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
