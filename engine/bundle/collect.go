package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Collect reads a script and the files of its folder that it needs: modules that it, or one of
// them, requires by name, and files that one of its strings names. missing are modules that are
// neither there nor in the library; the script may work without them. Names that the script puts
// together are known only when it runs.
func Collect(dir fs.FS, script string, library fs.FS) (files []File, missing []string, err error) {
	c := collection{dir: dir, library: library}
	data, err := c.read(script)
	if err != nil {
		return nil, nil, fmt.Errorf("bundle: %w", err)
	}
	if err := c.add(File{script, data}); err != nil {
		return nil, nil, fmt.Errorf("bundle: %w", err)
	}
	for i := 0; i < len(c.queue); i++ { // grows meanwhile
		if err := c.follow(c.queue[i]); err != nil {
			return nil, nil, fmt.Errorf("bundle: %w", err)
		}
	}
	sortFiles(c.files)
	return c.files, c.missing, nil
}

// collection is the state of one Collect.
type collection struct {
	dir, library fs.FS
	files        []File
	queue        []File // programs, whose strings are to be looked through
	missing      []string
	total        int
}

// add takes a program in.
func (c *collection) add(f File) error {
	c.queue = append(c.queue, f)
	return c.keep(f)
}

func (c *collection) keep(f File) error {
	if err := checkName(f.Name); err != nil {
		return err
	}
	if c.total += len(f.Data); c.total > MaxTotal {
		return tooLarge()
	}
	if c.files = append(c.files, f); len(c.files) > MaxFiles {
		return fmt.Errorf("more than %d files", MaxFiles)
	}
	return nil
}

// follow adds the modules and files that a program names.
func (c *collection) follow(program File) error {
	modules, texts := scan(string(program.Data))
	for _, module := range modules {
		if err := c.module(module); err != nil {
			return err
		}
	}
	for _, text := range texts {
		name := path.Clean(text) // "./x" too
		if !isName(name) || c.has(name) || strings.HasSuffix(name, Extension) {
			continue
		}
		data, err := c.read(name)
		if err == nil {
			err = c.keep(File{name, data})
		} else if errors.Is(err, errNoFile) {
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isName reports whether a string may name a file to pack. Most strings are words, and no files.
func isName(text string) bool { return len(text) <= MaxName && checkName(text) == nil }

func (c *collection) has(name string) bool {
	return slices.ContainsFunc(c.files, func(f File) bool { return f.Name == name })
}

// module takes a local module in. One of the library need not be.
func (c *collection) module(module string) error {
	name := ModuleFile(module)
	if !isName(name) || c.has(name) || slices.Contains(c.missing, module) {
		return nil
	}
	data, err := c.read(name)
	if err == nil {
		return c.add(File{name, data})
	}
	if !errors.Is(err, errNoFile) {
		return err
	}
	if _, err := fs.Stat(c.library, name); err != nil {
		c.missing = append(c.missing, module)
	}
	return nil
}

// errNoFile is the error for a name that is not a file to pack.
var errNoFile = errors.New("there is no such file")

// read reads a file of the folder: a regular one, and not more of it than is packed.
func (c *collection) read(name string) ([]byte, error) {
	info, err := fs.Stat(c.dir, name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoFile, err)
	}
	if !info.Mode().IsRegular() { // to open a pipe could wait for ever
		return nil, fmt.Errorf("%w: %s is no regular file", errNoFile, name)
	}
	f, err := c.dir.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxTotal+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	return data, nil
}
