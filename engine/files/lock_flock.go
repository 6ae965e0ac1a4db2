//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package files

import (
	"errors"
	"syscall"
)

// tryLock locks an open file until it is closed, be it by the end of the process. The
// error is [ErrLocked] if another process has done so, and any other one if the file
// system knows no locks.
func tryLock(file uintptr) error {
	err := syscall.Flock(int(file), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	return err
}
