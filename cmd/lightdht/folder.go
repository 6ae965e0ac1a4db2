package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/lightdht/lightdht/engine/files"
)

// filesDir is where the files go that a script writes without naming a folder.
func (o *runOptions) filesDir(s *script) string {
	switch {
	case o.files != "":
		return o.files
	case o.runDir != "":
		return filepath.Join(o.runDir, "files")
	}
	return s.base() + ".run"
}

// base is the script's name, for names of what comes of it.
func (s *script) base() string { return strings.TrimSuffix(filepath.Base(s.name), ".lua") }

// owner is how a folder of runs names the script whose runs they are: where it lies, seen from the folder, so that both
// can be moved, and scripts of one name in several folders are told apart. What lies nowhere has its name.
func (s *script) owner(folder string) string {
	if s.bundle != nil || s.dir == "" || len(s.args) == 0 || s.args[0] == "" || s.name != s.args[0] {
		return s.name
	}
	return relative(filepath.Dir(folder), s.name)
}

// relative is a path as seen from a folder, with slashes; itself if that cannot be said.
func relative(folder, path string) string {
	from, err := filepath.Abs(folder)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(from, path); err == nil {
		path = rel
	}
	return filepath.ToSlash(path)
}

// checkFolder refuses a folder for what a script writes that is there, and not of its runs. It is looked at again when it
// is opened.
func (h *host) checkFolder(o *runOptions, s *script) error {
	if s.folder != nil || s.given || o.keep != nil { // these get a new one
		return nil
	}
	dir := o.filesDir(s)
	if err := files.CheckOwn(dir, s.owner(dir)); err != nil {
		return notOwn(err, "move it away, or run with --run-dir DIR")
	}
	return nil
}

// notOwn says what to do about a folder that is not of a script's runs.
func notOwn(err error, advice string) error {
	text := err.Error()
	if wrong, ok := errors.AsType[*files.NotRegular](err); ok {
		text = wrong.Path + " " + wrong.What
	}
	return fmt.Errorf("%s; what the script writes would go there: %s", text, advice)
}

// holdOutput keeps the files of a flag from other processes, until the returned function is called: the rows of two runs
// would end up in one file. The lock is of the manifest, which x.csv and x.jsonl share.
func (h *host) holdOutput(flag, path, lock string) (release func(), err error) {
	release, err = h.lockFile(lock + ".lock")
	switch {
	case errors.Is(err, files.ErrLocked):
		return nil, fmt.Errorf("%s: another run is writing %s; wait for its end, or choose another name", flag, path)
	case errors.Is(err, fs.ErrNotExist):
		return func() {}, nil // there is no such folder, which is said when the file is made
	case err != nil:
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	return release, nil
}
