package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Create writes a file where there was none. One that could not be written whole is taken away
// again. The error is [fs.ErrExist] if there is a file.
func Create(path string, data []byte) error { return create(path, data, 0o666) }

// CreateSecret is Create for the owner's eyes only.
func CreateSecret(path string, data []byte) error { return create(path, data, 0o600) }

// Exposed reports whether others than its owner may read or change a file, on systems that say so
// in its mode.
func Exposed(path string) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0
}

func create(path string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}

// Write writes a file, and makes the folder for it. One that is there stays what it is until the
// new one is whole.
func Write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	if err := Check(path); err != nil {
		return err
	}
	besides := fmt.Sprintf("%s.new-%d", path, os.Getpid())
	os.Remove(besides) // of another process that had this number and was killed
	err := create(besides, data, 0o666)
	if err == nil {
		if err = os.Rename(besides, path); err != nil {
			os.Remove(besides)
		}
	}
	return err
}

// Replace has a file be what write writes, for the owner's eyes only, or stay what it is: the new
// one takes its place when it is whole and on the disk.
func Replace(path string, write func(io.Writer) error) error {
	if err := Check(path); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // with mode 0600
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = Check(path) // it may have taken a while
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder sees to it that a renaming outlives a power cut, where that can be had.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return nil
	}
	folder.Sync()
	return folder.Close()
}

// maxAside is how many files of one name are set aside (chosen by us).
const maxAside = 1000

// SetAside gives a file the first free name of FILE.damaged-1, FILE.damaged-2, ..., which it
// returns.
func SetAside(path string) (string, error) {
	for i := range maxAside {
		kept := fmt.Sprintf("%s.damaged-%d", path, i+1)
		switch err := Create(kept, nil); { // takes the name, before anybody else does
		case errors.Is(err, fs.ErrExist):
		case err != nil:
			return "", err
		default:
			return kept, os.Rename(path, kept)
		}
	}
	return "", fmt.Errorf("%s.damaged-1 to -%d are there already", path, maxAside)
}

// Temp makes a folder for the owner alone. remove takes it away with all that is in it.
func Temp() (path string, remove func(), err error) {
	path, err = os.MkdirTemp("", "lightdht-")
	return path, func() { os.RemoveAll(path) }, err
}
