package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Limits of a [Shelf] (chosen by us).
const (
	maxShelved = 100
	// MaxText is the longest text, in bytes.
	MaxText = 1 << 20
)

// ErrTooLong is the error that a text is too long to be kept.
var ErrTooLong = errors.New("longer than what is kept")

// Shelf is a folder with the latest texts of some names, readable by their owner only. It holds a
// hundred of them, of at most a megabyte each; a new one replaces the oldest.
type Shelf struct {
	Dir string // made when needed; "": nothing is kept
}

// Get returns the latest text of a name. The error is [fs.ErrNotExist] if there is no text.
func (s Shelf) Get(name string) (string, error) {
	if s.Dir == "" {
		return "", fs.ErrNotExist
	}
	f, err := Open(s.path(name))
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxText))
	return string(text), err
}

// Put keeps a text under a name, in place of an earlier one.
func (s Shelf) Put(name, text string) error {
	switch {
	case s.Dir == "":
		return nil
	case len(text) > MaxText:
		return ErrTooLong
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	s.clear()
	path := s.path(name)
	besides := path + "." + strconv.FormatUint(rand.Uint64(), 36)
	f, err := os.OpenFile(besides, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(besides, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(besides))
	}
	return nil
}

// path is the file of a name, which may have any characters.
func (s Shelf) path(name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(s.Dir, hex.EncodeToString(sum[:])+".txt")
}

// clear removes the oldest text if the shelf is full.
func (s Shelf) clear() {
	entries, err := os.ReadDir(s.Dir)
	if err != nil || len(entries) < maxShelved {
		return
	}
	age := func(e fs.DirEntry) int64 {
		info, err := e.Info()
		if err != nil {
			return 0
		}
		return info.ModTime().UnixNano()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int {
		if age(a) < age(b) {
			return -1
		}
		return 1
	})
	for _, e := range entries[:len(entries)-maxShelved+1] {
		os.Remove(filepath.Join(s.Dir, e.Name()))
	}
}

// StateFolder is the folder for the state of a program and its user, by the XDG base directory
// specification; "" if it is not known.
func StateFolder(app string, getenv func(string) string) string {
	state := getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // by the specification, relative ones are ignored
		home := getenv("HOME")
		if !filepath.IsAbs(home) {
			return ""
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, app)
}
