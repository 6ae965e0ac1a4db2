package bundle

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/lightdht/lightdht/engine/record"
)

// Library is where a script that runs out of a bundle finds its modules. It belongs to one run.
type Library struct {
	// Bundle comes first.
	Bundle *Bundle
	// Folder is the one that the bundle is being made from: modules found there, which the script
	// requires by a name that it puts together, are added to the bundle. Nil: the bundle is all
	// there is.
	Folder fs.FS
	// Next has the modules that come with the host.
	Next fs.FS

	loaded []record.Module
}

// Open opens the file of a module.
func (l *Library) Open(name string) (fs.File, error) {
	data, ok, err := find(l.Bundle, l.Folder, name)
	if err != nil {
		return nil, err
	}
	if !ok {
		return l.Next.Open(name)
	}
	l.note(name, data)
	return openMemory(name, data), nil
}

// find looks for a file in a bundle and, if there is one, in the folder that it is made from. A
// file from there is added to the bundle.
func find(b *Bundle, folder fs.FS, name string) (data []byte, ok bool, err error) {
	if data, ok = b.File(name); ok || folder == nil {
		return data, ok, nil
	}
	c := collection{dir: folder}
	data, err = c.read(name)
	switch {
	case errors.Is(err, errNoFile):
		return nil, false, nil
	case err == nil:
		err = c.keep(File{name, data})
	}
	if err == nil {
		b.Add(File{name, data})
	}
	return data, err == nil, err
}

// note remembers a module that came from the bundle.
func (l *Library) note(name string, data []byte) {
	module := record.Module{
		Name:   strings.ReplaceAll(strings.TrimSuffix(name, ".lua"), "/", "."),
		SHA256: record.NewScript("", string(data)).SHA256,
	}
	for _, m := range l.loaded {
		if m == module {
			return
		}
	}
	l.loaded = append(l.loaded, module)
}

// Loaded lists the modules of the bundle that were opened, in that order.
func (l *Library) Loaded() []record.Module { return l.loaded }

// Data is where a script that runs out of a bundle finds the files that it reads.
type Data struct {
	// Bundle comes first.
	Bundle *Bundle
	// Folder is as in [Library]: what is read out of it is added to the bundle.
	Folder fs.FS
}

// Open opens a file.
func (d *Data) Open(name string) (fs.File, error) {
	data, ok, err := find(d.Bundle, d.Folder, name)
	if !ok && err == nil {
		err = &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, err
	}
	return openMemory(name, data), nil
}

func openMemory(name string, data []byte) fs.File {
	return &memoryFile{Reader: bytes.NewReader(data), name: path.Base(name), size: int64(len(data))}
}

// memoryFile is an open file of a bundle, and what there is to know of it.
type memoryFile struct {
	io.Reader
	name string
	size int64
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Name() string               { return f.name }
func (f *memoryFile) Size() int64                { return f.size }
func (f *memoryFile) Mode() fs.FileMode          { return 0o444 }
func (f *memoryFile) ModTime() time.Time         { return epoch }
func (f *memoryFile) IsDir() bool                { return false }
func (f *memoryFile) Sys() any                   { return nil }
