package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func made(t *testing.T, path, script string) {
	t.Helper()
	folder, err := Own(path, script, "")
	if err == nil {
		err = folder.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The folder of a script's runs is the one that they have made, wherever it is moved to.
func TestOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "on", "the", "way", "x.run")
	if _, err := OpenOwn(path, "x.lua", ""); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is none: %v", err)
	}
	if err := CheckOwn(path, "x.lua"); err != nil {
		t.Errorf("there is none: %v", err)
	}
	made(t, path, "x.lua")
	if err := os.WriteFile(filepath.Join(path, "rows"), []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	made(t, path, "x.lua")
	moved := path + "-moved"
	if err := os.Rename(path, moved); err != nil {
		t.Fatal(err)
	}
	folder, err := OpenOwn(moved, "x.lua", "")
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if f, err := folder.OpenFile("rows", os.O_RDONLY, 0); err != nil {
		t.Error(err)
	} else {
		f.Close()
	}
	if _, err := folder.OpenFile(markFile, os.O_RDONLY, 0); !errors.Is(err, ErrHidden) {
		t.Errorf("the mark is within reach: %v", err)
	}
}

// A folder that others have brought is not that of a script's runs.
func TestNotOwn(t *testing.T) {
	ours := filepath.Join(t.TempDir(), "x.run")
	made(t, ours, "x.lua")
	copied := tree(t, "x.run/")
	if err := os.CopyFS(filepath.Join(copied, "x.run"), os.DirFS(ours)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ dir, want string }{
		"files":            {tree(t, "x.run/data"), "is there already, and no run of x.lua has made it"},
		"a folder":         {tree(t, "x.run/sub/"), "no run of x.lua has made it"},
		"a copy":           {copied, "is a copy"},
		"a link":           {tree(t, "secret/key", "x.run -> secret"), "is a link to secret"},
		"a link to nobody": {tree(t, "x.run -> gone"), "is a link to gone"},
		"a link of lines":  {tree(t, "x.run -> secret\nlightdht: fine"), `is a link to secret\nlightdht: fine`},
		"a mark of lines":  {marked(t, "lightdht writes here\nscript \"x\\nlightdht: fine\"\n"), `is of another script: x\nlightdht: fine, not x.lua`},
		"a link to ours":   {tree(t, "x.run -> "+ours), "is a link to"},
		"a link upwards":   {tree(t, "x.run -> .."), "is a link to .."},
		"a file":           {tree(t, "x.run"), "is a file, not a folder"},
		"a mark as link":   {tree(t, "x.run/data", "x.run/"+markFile+" -> data"), "cannot be read"},
		"a mark as folder": {tree(t, "x.run/"+markFile+"/"), "cannot be read"},
		"rubbish":          {tree(t, "x.run/"+markFile), "is a copy"},
	} {
		path := filepath.Join(c.dir, "x.run")
		for _, err := range []error{CheckOwn(path, "x.lua"), second(OpenOwn(path, "x.lua", "")), second(Own(path, "x.lua", ""))} {
			if !strings.Contains(text(err), c.want) {
				t.Errorf("%s: %v, want %q", name, err, c.want)
			}
		}
	}
	if err := CheckOwn(ours, "other/x.lua"); !strings.Contains(text(err), "is of another script: x.lua, not other/x.lua") {
		t.Errorf("that of another script: %v", err)
	}
}

// A caller that names no script vouches for the folder; a link is refused all the same.
func TestOwnOfNoScript(t *testing.T) {
	dir := tree(t, "x.run/data", "link -> x.run")
	made(t, filepath.Join(dir, "x.run"), "")
	if Exists(filepath.Join(dir, "x.run", markFile)) {
		t.Error("it has a mark")
	}
	if err := CheckOwn(filepath.Join(dir, "link"), ""); !strings.Contains(text(err), "is a link to x.run") {
		t.Error(err)
	}
}

// marked makes a folder with a mark that a stranger has written.
func marked(t *testing.T, mark string) (dir string) {
	t.Helper()
	dir = tree(t, "x.run/data")
	if err := os.WriteFile(filepath.Join(dir, "x.run", markFile), []byte(mark), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func second(_ *Folder, err error) error { return err }

// An empty folder will do, and many may begin at once.
func TestOwnAtOnce(t *testing.T) {
	for range 20 {
		ownAtOnce(t, filepath.Join(tree(t, "x.run/"), "x.run"))
	}
}

func ownAtOnce(t *testing.T, path string) {
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			folder, err := Own(path, "x.lua", filepath.Join("seeds", string(rune('a'+i))))
			if err != nil {
				t.Error(err)
				return
			}
			f, err := folder.OpenFile("rows", os.O_WRONLY|os.O_CREATE, 0o600)
			if err := errors.Join(err, folder.Close()); err != nil {
				t.Error(err)
				return
			}
			f.Close()
		})
	}
	all.Wait()
	entries, err := os.ReadDir(filepath.Join(path, "seeds"))
	if err != nil || len(entries) != 20 {
		t.Errorf("%d folders, %v", len(entries), err)
	}
	if left, err := os.ReadDir(path); err != nil || len(left) != 2 {
		t.Errorf("more than the mark and the folders is left: %v, %v", left, err)
	}
}
