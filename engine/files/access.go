package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Grants say which files a run may open, besides reading its own folder. Names that begin with a
// dot can only be opened in the folders of Read and Write.
type Grants struct {
	Read   []string // folders whose files may be read
	Write  []string // folders whose files may be written, and read
	RunDir string   // folder of relative writes, made on the first one; "": they are refused
	// RunFor is the script that RunDir belongs to. An existing folder must have been made for the
	// same script, see [Own]; "": any folder is accepted.
	RunFor string
	RunSub string // the folder of this run within RunDir; "": RunDir itself
	Packed fs.FS  // where relative reads are looked up last, such as an archive; nil: nowhere

	// The command-line flags that grant a folder, as in "--allow-read", for error messages.
	ReadFlag, WriteFlag string
}

// Access opens files for a script. Every path is resolved inside one of the granted folders, so
// neither ".." nor a symbolic link leads out of it.
type Access struct {
	script string
	grants Grants
	own    *Folder            // the run folder; nil: not open
	open   map[string]*Folder // others, by path; those of grants have a slash at the end
}

// NewAccess makes the access of a script in a folder, which may be "". Close it when done.
func NewAccess(script string, g Grants) (*Access, error) {
	f := &Access{grants: g, open: map[string]*Folder{}}
	var err error
	if f.script, err = absolute(script); err != nil {
		return nil, err
	}
	if f.grants.RunDir, err = absolute(g.RunDir); err != nil {
		return nil, err
	}
	if f.grants.Read, err = allAbsolute(g.Read); err != nil {
		return nil, err
	}
	f.grants.Write, err = allAbsolute(g.Write)
	return f, err
}

func absolute(dir string) (string, error) {
	if dir == "" {
		return "", nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("engine: folder %q: %w", dir, err)
	}
	return abs, nil
}

func allAbsolute(dirs []string) ([]string, error) {
	var all []string
	for _, dir := range dirs {
		abs, err := absolute(dir)
		if err != nil {
			return nil, err
		}
		if abs != "" {
			all = append(all, abs)
		}
	}
	return all, nil
}

// ErrNotGranted is the reason why a path was refused.
var ErrNotGranted = errors.New("not granted to this script")

// errHidden is the reason for a name that begins with a dot.
var errHidden = fmt.Errorf("%w is %w", ErrHidden, ErrNotGranted)

// OpenRead opens a file for reading. A relative path is looked up in the run's own folder, if the
// run has one, then beside the script, and then in [Grants.Packed]. Only regular files are opened:
// reading a pipe could block for ever.
func (f *Access) OpenRead(path string) (io.ReadCloser, error) {
	if filepath.IsAbs(path) {
		return f.openWhole(path)
	}
	var foreign error // why the run folder is not used
	for _, open := range []func(string) (*os.File, error){f.openOwn, f.openBeside} {
		file, err := open(path)
		switch {
		case err == nil:
			return file, nil
		case errors.Is(err, ErrNotGranted):
			foreign = err
		case !errors.Is(err, fs.ErrNotExist):
			return nil, f.refused("read", path, err)
		}
	}
	if foreign != nil {
		return nil, f.refused("read", path, foreign)
	}
	return f.openPacked(path)
}

// openOwn opens a file of this run, or of an earlier run of the script.
func (f *Access) openOwn(path string) (*os.File, error) {
	folder, err := f.runFolder(false)
	if err != nil {
		return nil, err
	}
	return folder.OpenFile(path, os.O_RDONLY, 0)
}

// openBeside opens a file of the script's folder.
func (f *Access) openBeside(path string) (*os.File, error) {
	return f.openIn(f.script, path, os.O_RDONLY)
}

// OpenModule is openBeside for a module. A hidden name counts as missing.
func (f *Access) OpenModule(path string) (*os.File, error) {
	file, err := f.openBeside(path)
	if errors.Is(err, ErrHidden) {
		err = fs.ErrNotExist
	}
	return file, err
}

// openWhole opens an absolute path. Granted folders come first, because hidden names are allowed
// there.
func (f *Access) openWhole(path string) (io.ReadCloser, error) {
	var file *os.File
	err := ErrNotGranted
	if dir, rest := within(path, slices.Concat(f.grants.Read, f.grants.Write)); dir != "" {
		file, err = f.openGranted(dir, rest, os.O_RDONLY)
	} else if dir, rest := within(path, []string{f.runDir(), f.script}); dir != "" && dir == f.runDir() {
		file, err = f.openOwn(rest)
	} else if dir != "" {
		file, err = f.openBeside(rest)
	}
	if err != nil {
		return nil, f.refused("read", path, err)
	}
	return file, nil
}

// openPacked opens a file of [Grants.Packed].
func (f *Access) openPacked(name string) (io.ReadCloser, error) {
	clean := path.Clean(filepath.ToSlash(name))
	switch {
	case !fs.ValidPath(clean):
		return nil, f.refused("read", name, ErrNotGranted)
	case slices.ContainsFunc(strings.Split(clean, "/"), Hidden):
		return nil, f.refused("read", name, errHidden)
	case f.grants.Packed == nil:
		return nil, Plain("read", name, fs.ErrNotExist)
	}
	file, err := f.grants.Packed.Open(clean)
	if err != nil {
		return nil, Plain("read", name, err)
	}
	return file, nil
}

// Create makes or empties a file. A relative path is one in the run's own folder; missing folders
// on the way are made.
func (f *Access) Create(path string) (io.WriteCloser, error) {
	return f.write(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
}

// Append opens a file to write at its end, and makes it if it does not exist. Paths are those of
// Create.
func (f *Access) Append(path string) (io.WriteCloser, error) {
	return f.write(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND)
}

func (f *Access) write(path string, flags int) (io.WriteCloser, error) {
	folder, rest, err := f.writable(path)
	if err != nil {
		return nil, f.refused("write", path, err)
	}
	if err := folder.MakeFolders(rest); err != nil {
		return nil, f.refused("write", path, err)
	}
	file, err := folder.OpenFile(rest, flags, 0o644)
	if err != nil {
		return nil, f.refused("write", path, err)
	}
	return file, nil
}

// writable is the folder in which a path may be written, and its name there.
func (f *Access) writable(path string) (folder *Folder, rest string, err error) {
	dir := f.runDir()
	if rest = path; filepath.IsAbs(path) {
		if granted, rest := within(path, f.grants.Write); granted != "" {
			folder, err = f.folder(granted, true)
			return folder, rest, err
		}
		dir, rest = within(path, []string{dir})
	}
	if dir == "" {
		return nil, "", ErrNotGranted
	}
	folder, err = f.runFolder(true)
	return folder, rest, err
}

// runDir is the folder of relative writes; "" if they are refused.
func (f *Access) runDir() string {
	if f.grants.RunDir == "" {
		return ""
	}
	return filepath.Join(f.grants.RunDir, f.grants.RunSub)
}

// runFolder is that folder. If it does not exist it is made, or the error is [fs.ErrNotExist].
func (f *Access) runFolder(create bool) (*Folder, error) {
	if f.own != nil {
		return f.own, nil
	}
	if f.grants.RunDir == "" {
		return nil, fs.ErrNotExist
	}
	own := OpenOwn
	if create {
		own = Own
	}
	var err error
	f.own, err = own(f.grants.RunDir, f.grants.RunFor, f.grants.RunSub)
	if wrong, ok := errors.AsType[*NotRegular](err); ok {
		err = fmt.Errorf("%s %s, and %w", wrong.Path, wrong.What, ErrNotGranted)
	} else if wrong, ok := errors.AsType[*NotOwn](err); ok {
		err = fmt.Errorf("%w, and %w", wrong, ErrNotGranted)
	}
	return f.own, err
}

// openIn opens a path below a folder of the script's own.
func (f *Access) openIn(dir, path string, flags int) (*os.File, error) {
	return f.below(dir, path, flags, false)
}

// openGranted opens a path below a granted folder, whatever its name.
func (f *Access) openGranted(dir, path string, flags int) (*os.File, error) {
	return f.below(dir, path, flags, true)
}

func (f *Access) below(dir, path string, flags int, granted bool) (*os.File, error) {
	if dir == "" {
		return nil, fs.ErrNotExist
	}
	folder, err := f.folder(dir, granted)
	if err != nil {
		return nil, err
	}
	return folder.OpenFile(path, flags, 0)
}

// folder is a folder that stays open until Close.
func (f *Access) folder(dir string, granted bool) (*Folder, error) {
	key := dir
	if granted {
		key += string(filepath.Separator)
	}
	if folder := f.open[key]; folder != nil {
		return folder, nil
	}
	folder, err := OpenFolder(dir, granted)
	if err == nil {
		f.open[key] = folder
	}
	return folder, err
}

// Close closes the folders.
func (f *Access) Close() error {
	var err error
	if f.own != nil {
		err = f.own.Close()
		f.own = nil
	}
	for dir, folder := range f.open {
		err = errors.Join(err, folder.Close())
		delete(f.open, dir)
	}
	return err
}

// within finds the folder that an absolute path is in, the innermost if there are several.
func within(path string, dirs []string) (dir, rest string) {
	path = filepath.Clean(path)
	for _, d := range dirs {
		if d == "" || len(d) <= len(dir) {
			continue
		}
		if r, err := filepath.Rel(d, path); err == nil && r != ".." && !strings.HasPrefix(r, ".."+string(filepath.Separator)) {
			dir, rest = d, r
		}
	}
	return dir, rest
}
