package record

import (
	"errors"
	"fmt"
	"os"
)

// Claim is [Open] for a program that writes a manifest beside its results: it replaces what an earlier run left, and
// nothing else. A file that is there must be empty, or have the manifest of a run at its [ManifestPath], where nothing
// else may lie; or the error says what is in the way, and nothing is changed. The same goes for the file of a further
// table of CSV, of which its first row tells.
func Claim(path string) (Sink, error) {
	_, err := ReadManifest(ManifestPath(path))
	ours := err == nil
	if !ours && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("record: %s is there already, and is no manifest of a run; choose another name, or remove it", ManifestPath(path))
	}
	if !ours {
		if err := vacant(path); err != nil {
			return nil, err
		}
	}
	sink, err := Open(path)
	if c, ok := sink.(*csvSink); ok {
		c.careful = !ours
	}
	return sink, err
}

// vacant refuses a file that holds something.
func vacant(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		return fmt.Errorf("record: %s is there already, and has no manifest beside it that says it is of an earlier run; choose another name, or remove it", path)
	}
	return nil // whatever else is wrong with it, opening it says better
}
