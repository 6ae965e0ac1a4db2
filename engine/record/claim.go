package record

import (
	"errors"
	"os"

	"github.com/lightdht/lightdht/engine/files"
)

// Claim is [Open] for a program that writes a manifest beside its results: it replaces the results
// of an earlier run, and nothing else. A file that exists must be empty, or have the manifest of a
// run at its [ManifestPath], where no other file may be; otherwise the error says what is in the
// way. The same holds for the files of further tables of CSV, which are checked at their first row.
//
// Claim itself changes nothing, because the run may still be refused. When the run begins, call
// open: it empties the file, and is unlikely to fail.
func Claim(path string) (open func() (Sink, error), err error) {
	form, err := formOf(path)
	if err != nil {
		return nil, err
	}
	_, err = ReadManifest(ManifestPath(path))
	ownFile := err == nil
	if !ownFile && !errors.Is(err, os.ErrNotExist) {
		return nil, problem("%s is there already, and is no manifest of a run; choose another name, or remove it", ManifestPath(path))
	}
	if !ownFile {
		if err := vacant(path); err != nil {
			return nil, err
		}
	}
	if err := writable(path); err != nil {
		return nil, problem("%w", err)
	}
	return func() (Sink, error) {
		sink, err := form(path)
		if c, ok := sink.(*csvSink); ok {
			c.careful = !ownFile
		}
		return sink, err
	}, nil
}

// vacant returns an error if a file is not empty, or not a file.
func vacant(path string) error {
	if err := files.Check(path); err != nil {
		return problem("%w", err)
	}
	info, err := os.Lstat(path)
	if err == nil && info.Size() > 0 {
		return problem("%s is there already, and has no manifest beside it that says it is of an earlier run; choose another name, or remove it", path)
	}
	return nil // writable has the better message for other errors
}

// writable says why a file cannot be written, and does not change it.
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
