package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folder is an open folder. Names in it are relative, and neither they nor links lead out of it.
type Folder struct {
	root   *os.Root
	hidden bool // names that begin with a dot can be opened
}

// ErrHidden is the error that a name begins with a dot, or leads through a link to one that does.
var ErrHidden = errors.New("a name that begins with a dot")

// ErrOutside is the error that a name leads out of a folder, in the words of package os, which has
// no name for its own.
var ErrOutside = errors.New("path escapes from parent")

// OpenFolder opens a folder. Its own name may be that of a link, because a person has named it.
// hidden allows names in it that begin with a dot.
func OpenFolder(path string, hidden bool) (*Folder, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &Folder{root, hidden}, nil
}

// Close closes the folder. Files that were opened in it stay open.
func (f *Folder) Close() error { return f.root.Close() }

// OpenFile opens a regular file of the folder, as the function of that name does.
func (f *Folder) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	name, err := f.resolve(name)
	if err != nil {
		return nil, err
	}
	return open(place{f.root.Lstat, f.root.OpenFile, f.root.Readlink}, name, flag, perm)
}

// MakeFolders makes the folders on the way to a file.
func (f *Folder) MakeFolders(name string) error {
	file, err := f.resolve(name)
	if folder := filepath.Dir(file); err == nil && folder != "." {
		err = f.root.MkdirAll(folder, 0o755)
	}
	return err
}

// Limits of one name (chosen by us): the time to follow a long one grows with the square of its
// length.
const (
	maxName     = 4096 // bytes
	maxElements = 200
	maxLinks    = 40 // that it leads through
)

// resolve follows the links of a name, and refuses an element that is out of reach. A name that
// does not exist is unchanged.
func (f *Folder) resolve(name string) (string, error) {
	done, rest, links, there := "", split(name), 0, true
	if len(name) > maxName {
		return "", &NotRegular{Path: name, What: "has a name that is too long", Regular: true}
	}
	if name != "" && os.IsPathSeparator(name[0]) || filepath.IsAbs(name) {
		return "", ErrOutside
	}
	for len(rest) > 0 {
		if len(rest) > maxElements {
			return "", &NotRegular{Path: name, What: "lies in too many folders", Regular: true}
		}
		element := rest[0]
		rest = rest[1:]
		switch {
		case element == "..":
			if done == "" {
				return "", ErrOutside
			}
			done, there = parent(done), true
			continue
		case !f.hidden && Hidden(element):
			return "", ErrHidden
		}
		next := filepath.Join(done, element)
		target := ""
		if there {
			var err error
			if target, there, err = f.target(next); err != nil {
				return "", err
			}
		}
		if target == "" {
			done = next
			continue
		}
		if links++; links > maxLinks {
			return "", &NotRegular{Path: name, What: "leads through too many links", Regular: true}
		}
		if filepath.IsAbs(target) {
			return "", ErrOutside
		}
		rest = append(split(target), rest...)
	}
	if done == "" {
		return ".", nil
	}
	return done, nil
}

// target is the target of a link; "" for anything else. there reports whether the name exists.
func (f *Folder) target(name string) (target string, there bool, err error) {
	info, err := f.root.Lstat(name)
	if err != nil {
		return "", false, nil // opening it will return the error
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err = f.root.Readlink(name)
	}
	return target, true, err
}

// split is the list of the elements of a name, without empty ones and dots.
func split(name string) (elements []string) {
	for element := range strings.FieldsFuncSeq(name, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) }) {
		if element != "." {
			elements = append(elements, element)
		}
	}
	return elements
}

func parent(name string) string {
	if dir := filepath.Dir(name); dir != "." {
		return dir
	}
	return ""
}

// Hidden reports whether an element of a name begins with a dot and is not "..". Some file systems
// ignore characters without a width, so these do not count.
func Hidden(element string) bool {
	bare := strings.TrimLeftFunc(element, func(r rune) bool {
		return 0x200c <= r && r <= 0x200f || 0x202a <= r && r <= 0x202e || 0x206a <= r && r <= 0x206f || r == 0xfeff
	})
	return strings.HasPrefix(bare, ".") && element != "." && element != ".."
}

// FS is the folder for reading.
func (f *Folder) FS() fs.FS { return reading{f} }

// reading is a folder as an [fs.FS].
type reading struct{ *Folder }

// Open opens a regular file.
func (r reading) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	file, err := r.OpenFile(filepath.FromSlash(name), os.O_RDONLY, 0)
	if err != nil {
		if _, ok := errors.AsType[*fs.PathError](err); !ok {
			err = &fs.PathError{Op: "open", Path: name, Err: err}
		}
		return nil, err
	}
	return file, nil
}

// OpenRoot opens a folder that is not a link.
func OpenRoot(path string) (*os.Root, error) {
	path = filepath.Clean(path)
	there, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if err := isFolder(path, there); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	if info, err := root.Stat("."); err != nil || !os.SameFile(info, there) {
		return nil, errors.Join(&NotRegular{Path: path, What: "became something else while it was opened"}, root.Close())
	}
	return root, nil
}

// isFolder returns an error if a file is not a folder.
func isFolder(path string, info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return nil
	case info.Mode()&fs.ModeSymlink != 0:
		return &NotRegular{Path: path, What: place{readlink: os.Readlink}.link(path), Link: true}
	case info.Mode().IsRegular():
		return &NotRegular{Path: path, What: "is a file, not a folder"}
	}
	return &NotRegular{Path: path, What: fmt.Sprintf("is %s, not a folder", kind(info.Mode()))}
}
