package record

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/lightdht/lightdht/engine/files"
)

// The files of a [Folder]. Other files belong to the script; a script must not be able to write
// these.
const (
	ManifestFile = "manifest.json"
	ScriptFile   = "script.lua"
	ResultsFile  = "results.jsonl"
)

// Folder is the folder of one run: its manifest, a copy of its script, its results, and files that
// the script wrote.
type Folder struct {
	dir string
}

// CreateFolder makes a folder for a run, with its parents, or takes an existing one. A folder with
// a manifest belongs to another run and is refused: nothing is overwritten.
func CreateFolder(dir string) (Folder, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return Folder{}, problem("%w", err)
	}
	root, err := files.OpenRoot(dir)
	if err != nil {
		return Folder{}, problem("%w", err)
	}
	if err := root.Close(); err != nil {
		return Folder{}, problem("%w", err)
	}
	if _, err := os.Lstat(filepath.Join(dir, ManifestFile)); !errors.Is(err, os.ErrNotExist) {
		return Folder{}, problem("%s holds a run already; choose another folder or remove it", dir)
	}
	return Folder{dir}, nil
}

// OpenFolder is the folder of an earlier run. Manifest says whether it is one.
func OpenFolder(dir string) Folder { return Folder{dir} }

// Path is the path of a file of the folder.
func (f Folder) Path(name string) string { return filepath.Join(f.dir, name) }

// Results makes the sink for the run's results.
func (f Folder) Results() (Sink, error) { return Open(f.Path(ResultsFile)) }

// Write writes the manifest, and the script beside it. Call it when the run begins, so that a
// killed run has both, and again when it has ended. Each file is replaced in one step.
func (f Folder) Write(m Manifest) error {
	if err := WriteManifest(f.Path(ManifestFile), m); err != nil {
		return err
	}
	return replace(f.Path(ScriptFile), func(file *os.File) error {
		_, err := file.WriteString(string(m.Script.Source))
		return err
	})
}

// Manifest reads the run's manifest, as [ReadManifest] does.
func (f Folder) Manifest() (Manifest, error) { return ReadManifest(f.Path(ManifestFile)) }
