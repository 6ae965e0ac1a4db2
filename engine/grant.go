package engine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// Grants say which files a run may touch, besides reading its own folder.
type Grants struct {
	Read   []string // folders whose files may be read
	Write  []string // folders whose files may be written, and read
	RunDir string   // where relative writes go, made on the first one; "": they are refused
	Packed fs.FS    // where relative reads are looked for last, as in an archive; nil: nowhere

	// What a person adds to the command line to grant a folder, as in "--allow-read", for the messages of what is refused.
	ReadFlag, WriteFlag string
}

// Files opens files for a script. Every path is resolved inside one of the granted folders by [os.Root], so neither ".."
// nor a symbolic link leads out of it.
type Files struct {
	script string
	grants Grants
	roots  map[string]*os.Root // by folder
}

func newFiles(script string, g Grants) (*Files, error) {
	f := &Files{roots: map[string]*os.Root{}}
	f.grants.ReadFlag, f.grants.WriteFlag, f.grants.Packed = g.ReadFlag, g.WriteFlag, g.Packed
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

// OpenRead opens a file for reading. A relative path is looked for in the run's own folder, if something was written
// there, then beside the script, and then in [Grants.Packed]. Only regular files are opened: reading a pipe could wait for ever.
func (f *Files) OpenRead(path string) (io.ReadCloser, error) {
	if !filepath.IsAbs(path) {
		for _, dir := range []string{f.grants.RunDir, f.script} {
			if file, err := f.open(dir, path, os.O_RDONLY); err == nil {
				return file, nil
			} else if !errors.Is(err, fs.ErrNotExist) {
				return nil, f.refused("read", path, err)
			}
		}
		return f.openPacked(path)
	}
	dir, rest := within(path, append(append([]string{f.script, f.grants.RunDir}, f.grants.Read...), f.grants.Write...))
	if dir == "" {
		return nil, f.refused("read", path, ErrNotGranted)
	}
	file, err := f.open(dir, rest, os.O_RDONLY)
	if err != nil {
		return nil, f.refused("read", path, err)
	}
	return file, nil
}

// openPacked opens a file that lies in no folder.
func (f *Files) openPacked(name string) (io.ReadCloser, error) {
	clean := path.Clean(filepath.ToSlash(name))
	switch {
	case !fs.ValidPath(clean):
		return nil, f.refused("read", name, ErrNotGranted)
	case f.grants.Packed == nil:
		return nil, plain("read", name, fs.ErrNotExist)
	}
	file, err := f.grants.Packed.Open(clean)
	if err != nil {
		return nil, plain("read", name, err)
	}
	return file, nil
}

// Create makes or empties a file. A relative path lies in the run's own folder; folders on the way to it are made.
func (f *Files) Create(path string) (io.WriteCloser, error) {
	return f.write(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
}

// Append opens a file to write at its end, and makes it if need be. Paths are those of Create.
func (f *Files) Append(path string) (io.WriteCloser, error) {
	return f.write(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND)
}

func (f *Files) write(path string, flags int) (io.WriteCloser, error) {
	dir, rest := f.grants.RunDir, path
	if filepath.IsAbs(path) {
		dir, rest = within(path, append([]string{dir}, f.grants.Write...))
	}
	if dir == "" {
		return nil, f.refused("write", path, ErrNotGranted)
	}
	if dir == f.grants.RunDir {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, plain("write", path, err)
		}
	}
	if root, err := f.root(dir); err == nil && filepath.Dir(rest) != "." {
		if err := root.MkdirAll(filepath.Dir(rest), 0o755); err != nil {
			return nil, f.refused("write", path, err)
		}
	}
	file, err := f.open(dir, rest, flags)
	if err != nil {
		return nil, f.refused("write", path, err)
	}
	return file, nil
}

// open opens a path below one folder.
func (f *Files) open(dir, path string, flags int) (*os.File, error) {
	if dir == "" {
		return nil, fs.ErrNotExist
	}
	root, err := f.root(dir)
	if err != nil {
		return nil, err
	}
	if info, err := root.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	return root.OpenFile(path, flags, 0o644)
}

func (f *Files) root(dir string) (*os.Root, error) {
	if root := f.roots[dir]; root != nil {
		return root, nil
	}
	root, err := os.OpenRoot(dir)
	if err == nil {
		f.roots[dir] = root
	}
	return root, err
}

func (f *Files) close() error {
	var err error
	for dir, root := range f.roots {
		err = errors.Join(err, root.Close())
		delete(f.roots, dir)
	}
	return err
}

// within finds the granted folder that an absolute path lies in, the innermost if there are several.
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

// refused is plain; of what was not granted it also says what would grant it. A relative path is never looked for
// outside of the script's folders, so it has to become a whole one.
func (f *Files) refused(verb, path string, err error) error {
	if escapes(err) {
		err = ErrNotGranted
	}
	said := plain(verb, path, err)
	flag, whole, advice := f.grants.ReadFlag, filepath.Clean(path), "run with"
	if verb == "write" {
		flag = f.grants.WriteFlag
	}
	if !errors.Is(err, ErrNotGranted) || flag == "" {
		return said
	}
	if !filepath.IsAbs(whole) {
		if f.script == "" {
			return fmt.Errorf("%w: write a whole path, and run with %s DIR", said, flag)
		}
		whole = filepath.Join(f.script, path)
		advice = "write " + strconv.Quote(whole) + ", and run with"
	}
	return fmt.Errorf("%w: %s %s %s", said, advice, flag, filepath.Dir(whole))
}

// escapes reports whether a path was refused because it, or a link on the way, leads out of a granted folder. Package os
// has no name for that error.
func escapes(err error) bool {
	pe, ok := errors.AsType[*fs.PathError](err)
	return ok && pe.Err.Error() == "path escapes from parent"
}

// plain is a file error without the words of the system call.
func plain(verb, path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = fs.ErrNotExist
	}
	return fmt.Errorf("cannot %s %q: %w", verb, path, err)
}
