package files

import (
	"fmt"
	"io"
	"os"
)

// maxFile is more than any file has that is read at once, in bytes (chosen by us).
const maxFile = 64 << 20

// Read reads a whole file that a person has named, as [OpenNamed] opens it, or what comes out of a
// pipe.
func Read(path string) ([]byte, error) {
	f, err := OpenNamed(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, path)
}

// ReadSecret reads a whole file that is no link, or what comes out of a pipe.
func ReadSecret(path string) ([]byte, error) {
	open := Open
	if Given(path) {
		open = os.Open
	}
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, path)
}

func readAll(f io.Reader, path string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s is larger than %d MiB", path, maxFile>>20)
	}
	return data, err
}
