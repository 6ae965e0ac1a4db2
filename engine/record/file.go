package record

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/lightdht/lightdht/engine/files"
)

// file is an unbuffered output file: when append returns, the bytes have left the process.
type file struct {
	f    *os.File
	size int64
}

// createFile empties the file, or makes it. access is os.O_WRONLY or os.O_RDWR.
func createFile(path string, access int) (*file, error) {
	f, err := files.OpenFile(path, access|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, problem("%w", err)
	}
	return &file{f: f}, nil
}

// append writes whole lines. If a part could be written only, that part is removed again.
func (o *file) append(lines []byte) error {
	n, err := o.f.Write(lines)
	if err != nil {
		if n > 0 {
			err = errors.Join(err, o.f.Truncate(o.size))
		}
		return problem("%w", err)
	}
	o.size += int64(n)
	return nil
}

func (o *file) close() error {
	if err := o.f.Close(); err != nil {
		return problem("%w", err)
	}
	return nil
}

// replace puts a file in the place of another in one step: a reader sees all of the old one or all
// of the new one, whenever this process ends. write writes the new one, and may set its mode.
func replace(path string, write func(*os.File) error) error {
	if err := files.Check(path); err != nil {
		return problem("%w", err)
	}
	f, err := besides(path)
	if err != nil {
		return problem("%w", err)
	}
	err = errors.Join(write(f), f.Close()) // before the rename, which some systems refuse while the file is open
	if err == nil {
		err = files.Check(path)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return problem("%w", err)
	}
	return nil
}

// besides makes a new file in the folder of another. [os.CreateTemp] would make it readable by the
// owner only.
func besides(path string) (*os.File, error) {
	dir, base := filepath.Split(path)
	for {
		name := dir + "." + base + "." + strconv.FormatUint(rand.Uint64(), 36)
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, os.ErrExist) {
			return f, err
		}
	}
}
