package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree makes files and folders of a temporary folder: "name" a file that holds its name, "name/" a
// folder, "name -> target" a link.
func tree(t *testing.T, entries ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, e := range entries {
		name, target, link := strings.Cut(e, " -> ")
		path := filepath.Join(dir, name)
		err := os.MkdirAll(filepath.Dir(path), 0o700)
		switch {
		case link && os.Symlink(target, path) != nil:
			t.Skip("links need a privilege here")
		case link:
		case strings.HasSuffix(e, "/"):
			err = errors.Join(err, os.MkdirAll(path, 0o700))
		default:
			err = errors.Join(err, os.WriteFile(path, []byte(e), 0o600))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A name is opened as what it says: the folders on the way to it may be links, it itself may not.
func TestOpen(t *testing.T) {
	dir := tree(t, "file", "folder/inner", "link -> file", "away -> folder", "nowhere -> gone", "loop -> loop")
	for name, want := range map[string]string{
		"file": "", "./folder/../file": "", "folder/inner": "", "away/inner": "",
		"link": "is a link to file; name that itself", "link/": "is a link to file", "nowhere": "is a link to gone", "loop": "is a link to loop",
		"away": "is a link to folder", "folder": "is a directory, not a file", "gone": "no such file",
		strings.Repeat("x", 5000): "name too long",
	} {
		f, err := Open(dir + "/" + name)
		if err == nil {
			f.Close()
		}
		if got := text(err); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%.20s: %v, want %q", name, err, want)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A write goes to the file of that name alone, or nowhere.
func TestOpenFileWrites(t *testing.T) {
	dir := tree(t, "file", "target", "link -> target", "nowhere -> made")
	if err := os.Link(filepath.Join(dir, "target"), filepath.Join(dir, "hard")); err != nil {
		t.Skip(err)
	}
	for name, want := range map[string]string{
		"file": "", "new": "", "link": "is a link", "nowhere": "is a link", "hard": "has a second name",
	} {
		f, err := OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err == nil {
			f.Close()
		}
		if got := text(err); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if data, err := os.ReadFile(filepath.Join(dir, "target")); err != nil || string(data) != "target" {
		t.Errorf("the target of the links holds %q, %v", data, err)
	}
	if Exists(filepath.Join(dir, "made")) {
		t.Error("a file was made where a link leads")
	}
	if _, err := OpenFile(filepath.Join(dir, "file"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a new file where there is one: %v", err)
	}
}

// Somebody who is quick puts a link in the place of a file that was looked at.
func TestOpenRace(t *testing.T) {
	dir := tree(t, "file", "secret")
	path := filepath.Join(dir, "file")
	swap := place{lstat: func(name string) (fs.FileInfo, error) {
		info, err := os.Lstat(name)
		if err := errors.Join(os.Remove(name), os.Symlink("secret", name)); err != nil {
			t.Fatal(err)
		}
		return info, err
	}, openFile: os.OpenFile, readlink: os.Readlink}
	if f, err := open(swap, path, os.O_RDONLY, 0); err == nil {
		f.Close()
		t.Error("it opened what the link leads to")
	}
	swap.lstat = func(name string) (fs.FileInfo, error) {
		info, err := os.Lstat(name)
		if err := errors.Join(os.Remove(name), os.WriteFile(name, []byte("another"), 0o600)); err != nil {
			t.Fatal(err)
		}
		return info, err
	}
	if err := errors.Join(os.Remove(path), os.WriteFile(path, []byte("file"), 0o600)); err != nil {
		t.Fatal(err)
	}
	keep, err := os.Open(path) // so that the other file has another number
	if err != nil {
		t.Fatal(err)
	}
	defer keep.Close()
	if f, err := open(swap, path, os.O_WRONLY|os.O_TRUNC, 0); err == nil {
		f.Close()
		t.Error("it opened another file than it had looked at")
	}
}

// A file that a person names to be read may be a link, or one that the process was given open.
func TestOpenNamed(t *testing.T) {
	dir := tree(t, "file", "link -> file", "folder/", "pipe -> /dev/stdin", "null -> /dev/null", "loop -> loop")
	for name, ok := range map[string]bool{"file": true, "link": true, "folder": false, "null": false, "loop": false, "gone": false} {
		f, err := OpenNamed(filepath.Join(dir, name))
		if err == nil {
			f.Close()
		}
		if ok != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for path, want := range map[string]bool{
		"/dev/stdin": true, "/dev/fd/63": true, "/proc/self/fd/0": true, "/dev/fd/../null": false, "/dev/fd/x": false, "/dev/fd": false, "/dev/tty": false, "fd/3": false,
	} {
		if Given(path) != want {
			t.Errorf("%s is given: %v", path, !want)
		}
	}
}

// Names in a folder stay in it, and do not begin with a dot.
func TestFolder(t *testing.T) {
	dir := tree(t, "in/file", "in/sub/file", "in/.ssh/key", "in/.env", "in/sub/.x/y", "in/..data", "secret",
		"in/up -> ../secret", "in/root -> /", "in/side -> sub", "in/dots -> .ssh", "in/deep -> side/../.ssh/key", "in/self -> self",
		"in/back -> sub/../file", "in/out -> sub/../../secret")
	for _, c := range []struct {
		name          string
		plain, hidden error // the error of the case; nil: no error
	}{
		{"file", nil, nil}, {"./file", nil, nil}, {"sub/../file", nil, nil}, {"sub//file", nil, nil}, {"side/file", nil, nil}, {"back", nil, nil},
		{".ssh/key", ErrHidden, nil}, {".env", ErrHidden, nil}, {"sub/.x/y", ErrHidden, nil}, {"..data", ErrHidden, nil},
		{"./.env", ErrHidden, nil}, {"sub/../.env", ErrHidden, nil}, {"dots/key", ErrHidden, nil}, {"deep", ErrHidden, nil},
		{"\u200c.env", ErrHidden, fs.ErrNotExist}, {"\ufeff.env", ErrHidden, fs.ErrNotExist},
		{"../secret", ErrOutside, ErrOutside}, {"/file", ErrOutside, ErrOutside}, {"//file", ErrOutside, ErrOutside}, {"up", ErrOutside, ErrOutside}, {"root/etc/passwd", ErrOutside, ErrOutside}, {"out", ErrOutside, ErrOutside},
		{"sub/../../secret", ErrOutside, ErrOutside}, {"gone", fs.ErrNotExist, fs.ErrNotExist}, {"gone/file", fs.ErrNotExist, fs.ErrNotExist},
	} {
		for _, hidden := range []bool{false, true} {
			folder, err := OpenFolder(filepath.Join(dir, "in"), hidden)
			if err != nil {
				t.Fatal(err)
			}
			want := c.plain
			if hidden {
				want = c.hidden
			}
			f, err := folder.OpenFile(c.name, os.O_RDONLY, 0)
			if err == nil {
				f.Close()
			}
			if !errors.Is(err, want) {
				t.Errorf("%q, with dots %v: %v, want %v", c.name, hidden, err, want)
			}
			if err := folder.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	folder, err := OpenFolder(filepath.Join(dir, "in"), false)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	for _, name := range []string{"self", "self/x", "sub", "side"} {
		if f, err := folder.OpenFile(name, os.O_RDONLY, 0); err == nil {
			f.Close()
			t.Errorf("%s was opened", name)
		}
	}
	if err := folder.MakeFolders(".hidden/x/file"); !errors.Is(err, ErrHidden) {
		t.Errorf("a hidden folder was made: %v", err)
	}
	if f, err := folder.FS().Open("sub/file"); err != nil {
		t.Error(err)
	} else if data, err := io.ReadAll(f); err != nil || string(data) != "in/sub/file" {
		t.Errorf("%q, %v", data, err)
	}
	for _, name := range []string{".env", "dots/key", "up", "../secret"} {
		if _, err := folder.FS().Open(name); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
}
