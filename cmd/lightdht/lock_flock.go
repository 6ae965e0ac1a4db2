//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package main

import (
	"errors"
	"os"
	"syscall"
)

// lockFile makes a file and holds it against all other processes until unlock, which
// takes it away again, or the end of this process, whatever ends it; the file may
// then stay behind, and locks nobody out. If another process holds it, the error is
// [errLocked]. Where a file system knows no locks, nobody is kept out.
func lockFile(path string) (unlock func(), err error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK) {
			f.Close()
			return nil, errLocked
		}
		if current(f, path) {
			return func() {
				os.Remove(path) // while it is held, or it might be that of somebody else
				f.Close()
			}, nil
		}
		f.Close() // who held it has taken it away meanwhile
	}
}

// current reports whether an open file is still the one of that name.
func current(f *os.File, path string) bool {
	open, err := f.Stat()
	if err != nil {
		return true // nothing better is known
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(open, there)
}
