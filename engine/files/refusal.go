package files

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
)

// refused is Plain; if the file was not granted, the error also says what would grant it. A
// relative path is never looked up outside of the script's folders, so the advice is to write an
// absolute one.
func (f *Access) refused(verb, path string, err error) error {
	switch {
	case errors.Is(err, ErrOutside), escapes(err):
		err = ErrNotGranted
	case errors.Is(err, ErrHidden):
		err = errHidden
	}
	said := Plain(verb, path, err)
	flag, whole, advice := f.grants.ReadFlag, filepath.Clean(path), "run with"
	if verb == "write" {
		flag = f.grants.WriteFlag
	}
	if !errors.Is(err, ErrNotGranted) || flag == "" {
		return said
	}
	if !filepath.IsAbs(whole) {
		if f.script == "" {
			return fmt.Errorf("%w: write a whole path, and run with %s DIR", said, flag)
		}
		whole = filepath.Join(f.script, path)
		advice = "write " + strconv.Quote(whole) + ", and run with"
	}
	return fmt.Errorf("%w: %s %s %s", said, advice, flag, filepath.Dir(whole))
}

// escapes reports whether a path was refused because it, or a link on the way, leads out of a
// granted folder. Package os has no name for that error.
func escapes(err error) bool {
	pe, ok := errors.AsType[*fs.PathError](err)
	return ok && pe.Err.Error() == "path escapes from parent"
}

// Plain is the error of reading or writing a path, without the words of the system call.
func Plain(verb, path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if wrong, ok := errors.AsType[*NotRegular](err); ok && wrong.Regular {
		return fmt.Errorf("cannot %s %q: it %s", verb, path, wrong.What)
	} else if ok {
		err = errors.New("not a regular file")
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = fs.ErrNotExist
	}
	return fmt.Errorf("cannot %s %q: %w", verb, path, err)
}
