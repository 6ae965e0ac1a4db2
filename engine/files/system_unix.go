//go:build unix

package files

import (
	"errors"
	"io/fs"
	"syscall"
)

// careful are the flags for opening files: do not follow a link, do not block, and do not make a
// terminal that of the process.
const careful = syscall.O_NOFOLLOW | syscall.O_NONBLOCK | syscall.O_NOCTTY

// becameLink reports whether a file was not opened because it is a link.
func becameLink(err error) bool {
	return errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.EMLINK)
}

// names is the number of names (hard links) of a file.
func names(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink)
	}
	return 1
}
