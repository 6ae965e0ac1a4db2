package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lightdht/lightdht/engine/record"
)

// Schema is the version of the form of an archive. It grows when something is added or means
// something else; older programs then say that they are too old.
const Schema = 1

// Extension is what the name of an archive ends in.
const Extension = ".lightdht"

// Limits of an archive, chosen by us. They leave room for any experiment, and keep what a hostile
// one can cost to some hundred MiB and a second.
const (
	MaxArchive = 32 << 20 // bytes of the archive itself
	MaxTotal   = 64 << 20 // bytes of all that is in it, unpacked
	MaxFiles   = 1000     // files of the experiment
	MaxName    = 200      // bytes of a file's name, with its folders
	MaxOutput  = 1 << 20  // bytes of what a run printed
)

// Bundle is an experiment with all that belongs to it.
type Bundle struct {
	// Version is that of the lightdht that packed it.
	Version string
	// Title and Description are what the script says of itself.
	Title, Description string
	// Script is the name of the script, one of Files.
	Script string
	// Files are the script and what lies beside it, by name.
	Files []File
	// Parameters are those that were set, as the command line has them: all values are strings.
	Parameters record.Row
	// Args are the script's own arguments, without its name.
	Args []record.Raw
	// Network are the settings of the simulated network that were set, "seed" among them, as the
	// command line has them: all values are strings.
	Network record.Row
	// Run is what came out. Nil: it was not run.
	Run *Run
}

// File is one that the experiment needs.
type File struct {
	// Name is where it lies, seen from the script's folder, with slashes. Modules end in ".lua".
	Name string
	Data []byte
}

// Run is what a run of the experiment left behind.
type Run struct {
	Manifest record.Manifest
	// Results are the rows as JSON Lines, whose digest the manifest has.
	Results []byte
	// Output is what the script printed; if that is longer than [MaxOutput], its beginning.
	Output []byte
}

// File returns the data of a file, and whether there is one of that name.
func (b *Bundle) File(name string) ([]byte, bool) {
	for _, f := range b.Files {
		if f.Name == name {
			return f.Data, true
		}
	}
	return nil, false
}

// Add adds a file, or puts it in the place of the one that has its name.
func (b *Bundle) Add(f File) {
	b.Files = append(slices.DeleteFunc(b.Files, func(o File) bool { return o.Name == f.Name }), f)
	sortFiles(b.Files)
}

func sortFiles(files []File) {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
}

// check makes sure of all that Encode and Parse promise to each other.
func (b *Bundle) check() error {
	if _, ok := b.File(b.Script); !ok {
		return fmt.Errorf("the script %q is not among the files", clip(b.Script))
	}
	if strings.Contains(b.Script, "/") || path.Ext(b.Script) != ".lua" {
		return fmt.Errorf("%q is no name of a script: it ends in .lua, and lies in no folder", clip(b.Script))
	}
	if err := checkFiles(b.Files); err != nil {
		return err
	}
	for _, row := range []record.Row{b.Parameters, b.Network} {
		for _, f := range row {
			if _, ok := f.Value.(string); !ok {
				return fmt.Errorf("the value of %q is not a string", clip(f.Name))
			}
		}
	}
	if b.Run != nil {
		return b.checkRun()
	}
	return nil
}

// checkFiles refuses what could not lie in one folder on any system.
func checkFiles(files []File) error {
	if len(files) > MaxFiles {
		return fmt.Errorf("%d files, at most %d", len(files), MaxFiles)
	}
	total, taken := 0, map[string]bool{} // lower-case names, as some file systems see them; true: of a file
	for _, f := range files {
		if err := checkName(f.Name); err != nil {
			return err
		}
		if total += len(f.Data); total > MaxTotal {
			return tooLarge()
		}
		if bytes.HasPrefix(f.Data, []byte(localHeader)) {
			return fmt.Errorf("the file %q is an archive itself; archives do not nest", f.Name)
		}
		folded := strings.ToLower(f.Name)
		if _, there := taken[folded]; there {
			return fmt.Errorf("the name %q is there twice", f.Name)
		}
		taken[folded] = true
		for dir := path.Dir(folded); dir != "."; dir = path.Dir(dir) {
			if taken[dir] {
				return fmt.Errorf("%q is the name of a file and of a folder", dir)
			}
			taken[dir] = false
		}
	}
	return nil
}

// checkName admits names that mean the same file on any system, in the folder or below it.
func checkName(name string) error {
	switch {
	case len(name) > MaxName:
		return fmt.Errorf("the name %q has %d bytes, at most %d", clip(name), len(name), MaxName)
	case !fs.ValidPath(name) || name == "." || !utf8.ValidString(name) || strings.ContainsAny(name, `\:*?"<>|`) || strings.ContainsFunc(name, unprintable):
		return fmt.Errorf("%q is no name of a file in the script's folder", clip(name))
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") {
			return fmt.Errorf("%q: a name that begins with a dot, or ends with one or a blank, is not packed", clip(name))
		}
	}
	return nil
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// checkRun holds the run against the files: it must be a run of this script.
func (b *Bundle) checkRun() error {
	m := &b.Run.Manifest
	if source, _ := b.File(b.Script); string(source) != string(m.Script.Source) {
		return errors.New("the run is one of another script than the one in the archive")
	}
	for _, module := range m.Modules {
		data, ok := b.File(ModuleFile(module.Name))
		if !ok {
			return fmt.Errorf("the run had a module %q, which is not in the archive", clip(module.Name))
		}
		if record.NewScript("", string(data)).SHA256 != module.SHA256 {
			return fmt.Errorf("the run had another module %q than the one in the archive", clip(module.Name))
		}
	}
	if record.NewScript("", string(b.Run.Results)).SHA256 != m.Results {
		return errors.New("the results do not have the digest that the manifest says")
	}
	if len(b.Run.Output) > MaxOutput {
		return fmt.Errorf("an output of %d bytes, at most %d", len(b.Run.Output), MaxOutput)
	}
	return nil
}

// ModuleFile is the file that require looks for, seen from the script's folder.
func ModuleFile(module string) string { return strings.ReplaceAll(module, ".", "/") + ".lua" }

func tooLarge() error {
	return fmt.Errorf("more than %d MiB unpacked", MaxTotal>>20)
}

// clip shortens what a stranger wrote, for a message.
func clip(s string) string {
	if len(s) > 64 {
		return strings.ToValidUTF8(s[:64], "") + "..."
	}
	return s
}
