//go:build unix

package files

import (
	"fmt"
	"os"
	"syscall"
)

// identityOf is the number of a folder in its file system.
func identityOf(folder *os.File) (string, error) {
	info, err := folder.Stat()
	if err != nil {
		return "", err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprint(stat.Ino), nil
	}
	return "unknown", nil
}
