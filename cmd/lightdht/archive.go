package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind"
	"github.com/lightdht/lightdht/scripts"
)

// unpack makes s what an archive holds: script, parameters, arguments.
func (s *script) unpack(path string, data []byte) error {
	b, err := bundle.Parse(data)
	if err != nil {
		return fmt.Errorf("%s: %s", path, strings.TrimPrefix(err.Error(), "bundle: "))
	}
	s.take(b)
	return nil
}

// take makes s what a bundle holds. Its name is the script's own, wherever the
// archive lies: what a run prints must not depend on that.
func (s *script) take(b *bundle.Bundle) {
	source, _ := b.File(b.Script)
	s.bundle, s.name, s.dir, s.source = b, b.Script, "", string(source)
	s.args = []string{b.Script}
	for _, a := range b.Args {
		s.args = append(s.args, string(a))
	}
	s.params = nil
	for _, p := range b.Parameters {
		s.params = append(s.params, luabind.Param{Name: p.Name, Value: p.Value.(string)})
	}
}

// readHeader reads what the script says of itself. The settings of an archive
// change it as flags would.
func (s *script) readHeader() (err error) {
	if s.header, err = luabind.ReadHeader(s.name, s.source); err != nil || s.bundle == nil {
		return err
	}
	var settings []string
	for _, f := range s.bundle.Network {
		settings = append(settings, f.Name+"="+f.Value.(string))
	}
	spec, err := luabind.ParseSettings(settings)
	if err != nil {
		return fmt.Errorf("the network of the archive: %w", err)
	}
	if s.header == nil {
		s.header = &luabind.Header{}
	}
	s.header.Network = s.header.Network.With(spec)
	return nil
}

// place is where a script runs: the files that it may read and write, and where it
// finds modules.
type place struct {
	dir     string // whose files it may read
	packed  fs.FS  // more of them; nil: none
	files   string // where those go that it writes
	sub     string // the folder in it for this run alone; "": none
	owner   string // whose runs it belongs to
	library fs.FS
	modules func(*engine.Engine) []record.Module // the local ones that a run had
	leave   func()
}

// settle makes the place of one run. The files of an archive never touch the disk.
func (h *host) settle(o *runOptions, s *script) (*place, error) {
	p := &place{dir: s.dir, files: o.filesDir(s), sub: o.sub, library: scripts.FS, modules: localModules, leave: func() {}}
	if s.bundle != nil {
		l := &bundle.Library{Bundle: s.bundle, Folder: s.folder, Next: scripts.FS}
		p.library, p.packed = l, &bundle.Data{Bundle: s.bundle, Folder: s.folder}
		p.modules = func(*engine.Engine) []record.Module { return l.Loaded() }
	}
	var err error
	switch {
	case s.folder != nil, s.given: // nothing of other runs is for it
		p.files = h.freeFolder(p.files)
	case o.keep != nil: // is compared, and of no other use
		p.files, p.leave, err = h.tempFolder()
	}
	p.owner = s.owner(p.files)
	return p, err
}

// freeFolder is a folder that is not there yet, so that a run does not meet the
// files of another.
func (h *host) freeFolder(path string) string {
	free := path
	for i := 2; files.Exists(free); i++ {
		free = fmt.Sprintf("%s-%d", path, i)
	}
	return free
}

// tellFiles says where the files of a run are, if somebody might look elsewhere.
func (h *host) tellFiles(o *runOptions, s *script, at *place) {
	if at.files != o.filesDir(s) && (s.folder != nil || s.given) {
		h.tellFolder(o.quiet, at.files)
	}
}

// tellFolder names the folder of what was written, if there is one.
func (h *host) tellFolder(quiet bool, path string) {
	if files.Exists(path) {
		h.say(quiet, "the files that it wrote are in %s", path)
	}
}

// localModules lists those that came from the script's folder.
func localModules(e *engine.Engine) []record.Module {
	var all []record.Module
	for _, l := range e.LocalModules() {
		all = append(all, record.Module{Name: l.Name, SHA256: record.NewScript(l.Name, l.Source).SHA256})
	}
	return all
}

// keeping is what comes of a run, for an archive.
type keeping struct {
	rows     bytes.Buffer
	printed  beginning
	manifest record.Manifest
}

// tee is a writer to w that keeps what the script prints. k may be nil.
func (k *keeping) tee(w io.Writer) io.Writer {
	if k == nil {
		return w
	}
	return io.MultiWriter(w, &k.printed)
}

func (k *keeping) write(m record.Manifest) error {
	k.manifest = m
	return nil
}

// beginning keeps the first of what is written to it.
type beginning struct{ text []byte }

func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), bundle.MaxOutput-len(b.text))]...)
	return len(p), nil
}

// runKept runs s on the network of the flags, and returns what came of it, too.
func (h *host) runKept(ctx context.Context, o *runOptions, s *script) (*bundle.Run, int) {
	o.keep = &keeping{}
	if o.maxOutput == 0 || o.maxOutput > bundle.MaxTotal { // more could not be packed
		o.maxOutput = bundle.MaxTotal
	}
	alone := *h
	alone.in = strings.NewReader("") // there would be nobody to type the same again
	code := alone.runScript(ctx, o, s)
	return &bundle.Run{Manifest: o.keep.manifest, Results: o.keep.rows.Bytes(), Output: o.keep.printed.text}, code
}
