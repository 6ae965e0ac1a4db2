package record

import (
	"errors"
	"fmt"
	"os"

	"github.com/lightdht/lightdht/engine/files"
)

// Claim is [Open] for a program that writes a manifest beside its results: it replaces what an earlier run left, and
// nothing else. A file that is there must be empty, or have the manifest of a run at its [ManifestPath], where nothing
// else may lie; or the error says what is in the way. The same goes for the file of a further table of CSV, of which
// its first row tells.
//
// Claim itself changes nothing, so that there may still be reasons for no run to begin. When it begins, open is to be
// called: that empties the file, and is unlikely to fail.
func Claim(path string) (open func() (Sink, error), err error) {
	form, err := formOf(path)
	if err != nil {
		return nil, err
	}
	_, err = ReadManifest(ManifestPath(path))
	ours := err == nil
	if !ours && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("record: %s is there already, and is no manifest of a run; choose another name, or remove it", ManifestPath(path))
	}
	if !ours {
		if err := vacant(path); err != nil {
			return nil, err
		}
	}
	if err := writable(path); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return func() (Sink, error) {
		sink, err := form(path)
		if c, ok := sink.(*csvSink); ok {
			c.careful = !ours
		}
		return sink, err
	}, nil
}

// vacant refuses a file that holds something, and what is no file.
func vacant(path string) error {
	if err := files.Check(path); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	info, err := os.Lstat(path)
	if err == nil && info.Size() > 0 {
		return fmt.Errorf("record: %s is there already, and has no manifest beside it that says it is of an earlier run; choose another name, or remove it", path)
	}
	return nil // whatever else is wrong with it, writable says better
}

// writable says why a file cannot be written, and leaves it as it is.
func writable(path string) error {
	f, err := files.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err == nil {
		return errors.Join(f.Close(), os.Remove(path))
	}
	if !errors.Is(err, os.ErrExist) {
		return err
	}
	if f, err = files.OpenFile(path, os.O_WRONLY, 0); err != nil {
		return err
	}
	return f.Close()
}
