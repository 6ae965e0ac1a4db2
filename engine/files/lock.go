package files

import (
	"errors"
	"os"
)

// ErrLocked is why a file cannot be locked: another process has done so.
var ErrLocked = errors.New("locked by another process")

// Lock makes a file and holds it against all other processes until unlock, which takes it away
// again, or the end of this process, however it ends; the file may then stay behind, and locks
// nobody out. If another process holds it, the error is [ErrLocked]. Where there are no locks,
// nobody is kept out.
func Lock(path string) (unlock func(), err error) {
	for {
		f, err := OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		switch err := tryLock(f.Fd()); {
		case errors.Is(err, ErrLocked):
			f.Close()
			return nil, err
		case err != nil:
			f.Close()
			os.Remove(path)
			return func() {}, nil
		case current(f, path):
			return func() {
				os.Remove(path) // while it is held, or it might be that of somebody else
				f.Close()
			}, nil
		}
		f.Close() // its holder has taken it away meanwhile
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
