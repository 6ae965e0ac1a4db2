package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lightdht/lightdht/engine/visible"
)

// NotRegular is the error that an existing file is not opened.
type NotRegular struct {
	Path    string
	What    string // as in "is a named pipe, not a file"
	Link    bool   // it is a link
	Regular bool   // it is a regular file; What says why it is not opened
}

func (e *NotRegular) Error() string {
	if e.Link {
		return e.Path + " " + e.What + "; name that itself, if it is what you mean"
	}
	return e.Path + " " + e.What
}

// Open opens a regular file for reading.
func Open(path string) (*os.File, error) { return OpenFile(path, os.O_RDONLY, 0) }

// OpenNamed opens a file that a person has named: a link to a regular file is followed, and a file
// that the process was given open (/dev/stdin, /dev/fd/63) may be of any kind, such as the pipe of
// a shell's <(...).
func OpenNamed(path string) (*os.File, error) {
	if Given(path) {
		return os.Open(path)
	}
	real, err := filepath.EvalSymlinks(path)
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return nil, &fs.PathError{Op: "open", Path: path, Err: pe.Err}
	}
	if err != nil {
		return nil, err
	}
	f, err := Open(real)
	if wrong, ok := errors.AsType[*NotRegular](err); ok {
		wrong.Path = path
	}
	return f, err
}

// Given reports whether a name is that of a file that the process was given open.
func Given(path string) bool {
	path = filepath.Clean(path)
	number, ok := strings.CutPrefix(path, "/dev/fd/")
	if !ok {
		number, ok = strings.CutPrefix(path, "/proc/self/fd/")
	}
	_, err := strconv.ParseUint(number, 10, 31)
	return path == "/dev/stdin" || ok && err == nil
}

// OpenFile opens a regular file, or makes one, as [os.OpenFile] does. The error is a *[NotRegular]
// if the name is that of something else, which is not changed.
func OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	return open(place{os.Lstat, os.OpenFile, os.Readlink}, filepath.Clean(path), flag, perm)
}

// place is where names are looked up.
type place struct {
	lstat    func(name string) (fs.FileInfo, error)
	openFile func(name string, flag int, perm fs.FileMode) (*os.File, error)
	readlink func(name string) (string, error)
}

// maxTurns is how often opening is tried again while a file appears and vanishes (chosen by us).
const maxTurns = 100

// open opens a regular file.
func open(p place, name string, flag int, perm fs.FileMode) (*os.File, error) {
	for range maxTurns {
		there, err := p.lstat(name)
		if errors.Is(err, fs.ErrNotExist) && flag&os.O_CREATE != 0 {
			f, err := p.openFile(name, flag|os.O_EXCL|careful, perm)
			if errors.Is(err, fs.ErrExist) && flag&os.O_EXCL == 0 {
				continue // another process was quicker
			}
			return f, err
		}
		if err != nil {
			return nil, err
		}
		if flag&os.O_EXCL != 0 {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrExist}
		}
		if err := p.regular(name, there); err != nil {
			return nil, err
		}
		f, err := p.openFile(name, flag&^(os.O_CREATE|os.O_TRUNC)|careful, 0)
		switch {
		case errors.Is(err, fs.ErrNotExist) && flag&os.O_CREATE != 0, becameLink(err):
			continue
		case err != nil:
			return nil, err
		}
		return p.opened(f, name, there, flag)
	}
	return nil, &NotRegular{name, "changes all the time", false, true}
}

// errReplaced is the error that the file of a name was replaced while it was opened.
var errReplaced = errors.New("became something else while it was opened")

// opened checks the opened file, and empties it if the flags say so.
func (p place) opened(f *os.File, name string, there fs.FileInfo, flag int) (*os.File, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
	case !os.SameFile(info, there):
		err = fmt.Errorf("%s %w", name, errReplaced)
	case flag&(os.O_WRONLY|os.O_RDWR) != 0 && names(info) > 1:
		err = &NotRegular{name, "has a second name (a hard link), under which it would change, too; remove it, or choose another name", false, true}
	case flag&os.O_TRUNC != 0:
		err = f.Truncate(0)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Check says why a name is not that of a regular file; nil if it does not exist.
func Check(path string) error {
	path = filepath.Clean(path)
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return place{readlink: os.Readlink}.regular(path, info)
}

// Exists reports whether a name exists, also as a link without a target.
func Exists(path string) bool {
	_, err := os.Lstat(filepath.Clean(path))
	return !errors.Is(err, fs.ErrNotExist)
}

// regular returns an error if a file is not a regular one.
func (p place) regular(name string, info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		return &NotRegular{Path: name, What: p.link(name), Link: true}
	case mode.IsDir():
		return &NotRegular{Path: name, What: "is a directory, not a file"}
	}
	return &NotRegular{Path: name, What: "is " + kind(info.Mode()) + ", not a file"}
}

// link describes a link.
func (p place) link(name string) string {
	if target, err := p.readlink(name); err == nil {
		return "is a link to " + visible.Line(target)
	}
	return "is a link to somewhere else"
}

// kind names a file that is neither regular, a folder nor a link.
func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something special"
}
