package experiment

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/scripts"
)

// folders are the files of one run: those that the script may read and write, and where it finds
// modules.
type folders struct {
	dir     string // whose files it may read
	packed  fs.FS  // further files to read; nil: none
	files   string // where those go that it writes
	moved   bool   // files is another folder than the options say
	owner   string // the script that files belongs to
	library fs.FS
	modules func(*engine.Engine) []record.Module // the local ones that a run had
	leave   func()
}

// folders makes those of one run. The files of an archive never touch the disk.
func (x *Experiment) folders(o *Options) (*folders, error) {
	usual := x.FilesDir(o)
	f := &folders{dir: x.Dir, files: usual, library: scripts.FS, modules: localModules, leave: func() {}}
	if x.Archive != nil {
		l := &bundle.Library{Bundle: x.Archive, Folder: x.packing, Next: scripts.FS}
		f.library, f.packed = l, &bundle.Data{Bundle: x.Archive, Folder: x.packing}
		f.modules = func(*engine.Engine) []record.Module { return l.Loaded() }
	}
	var err error
	switch {
	case o.Files != "":
	case o.Keep && x.packing == nil: // is compared, and of no other use
		f.files, f.leave, err = files.Temp()
	case x.ofItsOwn(): // nothing of other runs is for it
		f.files = files.Free(usual)
		f.moved = f.files != usual
	}
	f.owner = x.owner(f.files)
	return f, err
}

// ofItsOwn reports whether a run gets a folder that is new.
func (x *Experiment) ofItsOwn() bool { return x.packing != nil || x.Foreign }

// FilesDir is where the files go that the script writes without naming a folder, unless a run needs
// a new one.
func (x *Experiment) FilesDir(o *Options) string {
	switch {
	case o.Files != "":
		return o.Files
	case o.RunDir != "":
		return filepath.Join(o.RunDir, "files")
	}
	return x.base() + ".run"
}

// localModules lists those that came from the script's folder.
func localModules(e *engine.Engine) []record.Module {
	var all []record.Module
	for _, l := range e.LocalModules() {
		all = append(all, record.Module{Name: l.Name, SHA256: record.NewScript(l.Name, l.Source).SHA256})
	}
	return all
}

// owner is how a folder of runs names the script that it belongs to: by where that lies, seen from
// the folder, so that both can be moved, and scripts of one name in several folders are told apart.
// A script without a folder has its name.
func (x *Experiment) owner(folder string) string {
	if x.Archive != nil || x.Dir == "" || len(x.Args) == 0 || x.Args[0] == "" || x.Name != x.Args[0] {
		return x.Name
	}
	return relative(filepath.Dir(folder), x.Name)
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

// checkFolder refuses a folder for what a script writes that is there, and not of its runs. It is
// looked at again when it is opened.
func (x *Experiment) checkFolder(o *Options) error {
	if o.Files != "" || o.Keep || x.ofItsOwn() { // the caller's choice, or a new one
		return nil
	}
	dir := x.FilesDir(o)
	if err := files.CheckOwn(dir, x.owner(dir)); err != nil {
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

// lockOutput keeps the files of a flag from other processes, until the returned function is called:
// the rows of two runs would end up in one file. The lock is of the manifest, which x.csv and
// x.jsonl share.
func lockOutput(flag, path, lock string) (release func(), err error) {
	release, err = files.Lock(lock + ".lock")
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

// checkGrants refuses folders that are not there.
func (o *Options) checkGrants() error {
	for _, g := range []struct {
		flag string
		dirs []string
	}{{"--allow-read", o.Read}, {"--allow-write", o.Write}} {
		for _, dir := range g.dirs {
			folder, err := files.OpenFolder(dir, false)
			if err != nil {
				return fmt.Errorf("%s: there is no folder %s that could be opened", g.flag, dir)
			}
			folder.Close()
		}
	}
	return nil
}

// grants say which files the script may touch.
func (o *Options) grants(f *folders) engine.Grants {
	return engine.Grants{
		Read: o.Read, Write: o.Write, RunDir: f.files, RunFor: f.owner, RunSub: o.FilesSub, Packed: f.packed,
		ReadFlag: o.ReadFlag, WriteFlag: o.WriteFlag,
	}
}
