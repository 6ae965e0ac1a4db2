package state

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/lightdht/lightdht/dht/udp"
	"github.com/lightdht/lightdht/engine/files"
)

// File is a state file that this process has for itself.
type File struct {
	path    string
	release func()
}

// Hold reserves a file, which may not exist yet, until Release: of two processes that write it,
// only what the last one writes would remain, and nothing would notice. The lock is a file beside
// it, FILE.lock.
func Hold(path string) (*File, error) {
	if err := files.Check(path); err != nil {
		return nil, fmt.Errorf("--state: %w", err)
	}
	release, err := files.Lock(path + ".lock")
	switch {
	case errors.Is(err, files.ErrLocked):
		return nil, fmt.Errorf("--state: %s is in use by another process; end that one, or give this one a file of its own", path)
	case err != nil:
		return nil, fmt.Errorf("--state: %w", err)
	}
	return &File{path, release}, nil
}

// Release lets other processes have the file.
func (f *File) Release() { f.release() }

// Damage says that a file was damaged, and what was done about it.
type Damage struct {
	Path  string
	Err   error  // where it is damaged
	Aside string // the name under which it is kept
	Nodes int    // that were read before the damage, and are used
}

func (d *Damage) Error() string {
	left := "a new one is begun"
	switch d.Nodes {
	case 0:
	case 1:
		left = "what it has before that, 1 node, is used"
	default:
		left = fmt.Sprintf("what it has before that, %d nodes, is used", d.Nodes)
	}
	return fmt.Sprintf("--state: %s is damaged (%v); it is kept as %s, and %s", d.Path, d.Err, d.Aside, left)
}

// Load reads the file; none is an empty state. A damaged one is set aside: the error is then a
// [*Damage], and the state is what could be read. For progress see [Read].
func (f *File) Load(progress func(nodes int)) (s State, err error) {
	file, err := files.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("--state: %w", err)
	}
	s, damage := Read(file, progress)
	file.Close()
	if damage == nil {
		return s, nil
	}
	if errors.As(damage, new(*fs.PathError)) { // a file that cannot be read need not be damaged
		return s, fmt.Errorf("--state: %w", damage)
	}
	aside, err := files.SetAside(f.path)
	if err != nil {
		return s, fmt.Errorf("--state: %s is damaged (%v), and cannot be set aside: %w", f.path, damage, err)
	}
	return s, &Damage{f.path, damage, aside, s.Nodes}
}

// Keep writes the state of a node to the file at once, which shows that it can be done, and from
// then on every five minutes until the Keeper is closed. warn is called from the Keeper's goroutine
// when it could not be written.
func (f *File) Keep(node *udp.Host, warn func(text string)) (*Keeper, error) {
	return keep(func() error {
		return files.Replace(f.path, func(w io.Writer) error { return Write(w, node) })
	}, warn)
}
