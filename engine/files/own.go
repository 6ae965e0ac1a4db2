package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lightdht/lightdht/engine/visible"
)

// markFile is the name of the mark in every run folder. It begins with a dot, so scripts cannot
// open it.
const markFile = ".lightdht-run"

// maxMark is the longest mark, in bytes (chosen by us).
const maxMark = 8 << 10

// NotOwn is the error that a folder was not made by a run of the script.
type NotOwn struct {
	Path, Why string
}

func (e *NotOwn) Error() string { return e.Path + " " + e.Why }

// Own opens the folder that runs of one script write in, and makes it, with its parents, if it does
// not exist. An existing folder must have been made by Own for the same script: a mark in it names
// the script and the identity of the folder in its file system, so a copy, as in a clone, is not
// accepted. An empty folder is accepted. If script is "", any folder is accepted, and the caller is
// responsible. The error is a *[NotOwn] or a *[NotRegular] if something else has the name. Own
// returns the folder sub in that folder, which is made as well; "" is the folder itself.
func Own(path, script, sub string) (*Folder, error) {
	path = filepath.Clean(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	root, err := OpenRoot(path)
	if err != nil {
		return nil, err
	}
	err = claim(root, path, script)
	if err == nil && sub != "" {
		err = root.MkdirAll(sub, 0o755)
	}
	return folderIn(root, sub, err)
}

// OpenOwn is Own for an existing folder; if it does not exist, the error is [fs.ErrNotExist].
func OpenOwn(path, script, sub string) (*Folder, error) {
	root, err := OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return folderIn(root, sub, owned(root, path, script))
}

// folderIn is the folder sub of root, or root itself; it passes an error on.
func folderIn(root *os.Root, sub string, err error) (*Folder, error) {
	if err == nil && sub == "" {
		return &Folder{root: root}, nil
	}
	var inner *os.Root
	if err == nil {
		inner, err = root.OpenRoot(sub)
	}
	if closed := root.Close(); err == nil && closed != nil {
		err = errors.Join(closed, inner.Close())
	}
	if err != nil {
		return nil, err
	}
	return &Folder{root: inner}, nil
}

// CheckOwn says why a folder cannot become the run folder of a script; nil if it can, or is.
func CheckOwn(path, script string) error {
	folder, err := OpenOwn(path, script, "")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return folder.Close()
}

// claim marks an empty folder for a script, or checks the mark.
func claim(root *os.Root, path, script string) error {
	if err := owned(root, path, script); err != nil {
		return err
	}
	if _, err := root.Lstat(markFile); err == nil || script == "" {
		return nil
	}
	text, err := mark(root, script)
	if err != nil {
		return err
	}
	besides := markFile + "." + strconv.FormatUint(rand.Uint64(), 36)
	if err := root.WriteFile(besides, []byte(text), 0o666); err != nil { // a new file, under a name of its own
		return errors.Join(err, root.Remove(besides))
	}
	return root.Rename(besides, markFile) // in one step, for other runs that begin now
}

// owned says why a folder is not the run folder of a script. An empty one belongs to any script.
func owned(root *os.Root, path, script string) error {
	if script == "" {
		return nil
	}
	want, err := mark(root, script)
	if err != nil {
		return err
	}
	got, err := readMark(root)
	if errors.Is(err, fs.ErrNotExist) {
		if empty(root) {
			return nil
		}
		got, err = readMark(root) // another run may have come in between; it makes the mark first
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &NotOwn{path, fmt.Sprintf("is there already, and no run of %s has made it", script)}
	case err != nil:
		return &NotOwn{path, fmt.Sprintf("is there already, and whether a run of %s has made it cannot be read: %v", script, err)}
	case got == want:
		return nil
	}
	if other, ok := markedScript(got); ok && other != script {
		return &NotOwn{path, fmt.Sprintf("is there already, and is of another script: %s, not %s", visible.Line(other), script)}
	}
	return &NotOwn{path, fmt.Sprintf("is a copy: it came here from elsewhere, and no run of %s has made it", script)}
}

// mark is the content of the mark.
func mark(root *os.Root, script string) (string, error) {
	folder, err := root.Open(".")
	if err != nil {
		return "", err
	}
	defer folder.Close()
	id, err := identity(folder)
	return fmt.Sprintf("lightdht writes here what runs of a script write\nscript %s\nfolder %s\n", strconv.Quote(script), id), err
}

// markedScript is the script in a mark.
func markedScript(mark string) (string, bool) {
	_, rest, ok := strings.Cut(mark, "\nscript ")
	line, _, ended := strings.Cut(rest, "\n")
	script, err := strconv.Unquote(line)
	return script, ok && ended && err == nil
}

func readMark(root *os.Root) (string, error) {
	f, err := open(place{root.Lstat, root.OpenFile, root.Readlink}, markFile, os.O_RDONLY, 0)
	for turn := 0; turn < maxTurns && errors.Is(err, errReplaced); turn++ { // by another run that begins
		f, err = open(place{root.Lstat, root.OpenFile, root.Readlink}, markFile, os.O_RDONLY, 0)
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxMark))
	return string(text), err
}

// empty reports whether a folder has no files but marks that other runs are about to make.
func empty(root *os.Root) bool {
	folder, err := root.Open(".")
	if err != nil {
		return false
	}
	defer folder.Close()
	for {
		entries, err := folder.ReadDir(100)
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), markFile) {
				return false
			}
		}
		if err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}
