package files

import (
	"fmt"
	"os"
	"path/filepath"
)

// Same reports whether two names are of one file. There may be no such file yet.
func Same(a, b string) bool {
	if Absolute(a) == Absolute(b) || same(a, b) {
		return true
	}
	return filepath.Base(a) == filepath.Base(b) && same(filepath.Dir(a), filepath.Dir(b))
}

// same reports whether two names are of one file or folder that is there.
func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// Absolute is a path from the root, if the current folder has one.
func Absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return filepath.Clean(path)
}

// Free is a name that nothing has: path, or path-2, path-3, ...
func Free(path string) string {
	free := path
	for i := 2; Exists(free); i++ {
		free = fmt.Sprintf("%s-%d", path, i)
	}
	return free
}
