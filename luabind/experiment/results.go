package experiment

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/record"
)

// results are where the records of one run go, and its manifest.
type results struct {
	open     []func() (record.Sink, error) // where records go
	limits   record.Limits
	records  *record.Results // once the run has begun
	manifest record.Manifest
	write    []func(record.Manifest) error // where the manifest goes
	locked   []func()                      // give files back to other processes
}

// claim checks that what the options ask for can be had. No file is changed before the run begins.
func (o *Options) claim() (*results, error) {
	if err := o.checkFiles(); err != nil {
		return nil, err
	}
	r := &results{limits: record.Limits{Rows: o.Limits.Rows, Bytes: o.Limits.Output}}
	switch o.Rows {
	case RowsAsLines:
		r.to(record.NewLines(o.Stdout))
	case RowsAsTable:
		r.to(record.NewText(o.Stdout))
	}
	err := r.lock(o)
	if err == nil && o.RunDir != "" {
		err = r.claimFolder(o.RunDir)
	}
	if err == nil && o.Out != "" {
		err = r.claimFile(o.Out)
	}
	if err != nil {
		r.release()
		return nil, err
	}
	for _, sink := range o.Sinks {
		r.to(sink)
	}
	return r, nil
}

func (r *results) claimFolder(path string) error {
	folder, err := record.CreateFolder(path)
	if err != nil {
		return fmt.Errorf("--run-dir: %s", record.Problem(err))
	}
	r.toFile("--run-dir", folder.Results)
	r.write = append(r.write, folder.Write)
	return nil
}

func (r *results) claimFile(path string) error {
	open, err := record.Claim(path)
	if err != nil {
		return fmt.Errorf("--out: %s", record.Problem(err))
	}
	r.toFile("--out", open)
	r.write = append(r.write, func(m record.Manifest) error {
		return record.WriteManifest(record.ManifestPath(path), m)
	})
	return nil
}

// lock keeps the files of the options from other processes, until release.
func (r *results) lock(o *Options) error {
	for _, f := range []struct{ flag, path, lock string }{
		{"--run-dir", o.RunDir, files.Absolute(o.RunDir)}, {"--out", o.Out, record.ManifestPath(o.Out)},
	} {
		if f.path == "" {
			continue
		}
		release, err := lockOutput(f.flag, f.path, f.lock)
		if err != nil {
			return err
		}
		r.locked = append(r.locked, release)
	}
	return nil
}

// release gives the files back to other processes.
func (r *results) release() {
	for _, release := range r.locked {
		release()
	}
	r.locked = nil
}

// checkFiles refuses options that would have the same file written.
func (o *Options) checkFiles() error {
	type file struct{ flag, path string }
	var all []file
	if o.Out != "" {
		all = append(all, file{"--out", o.Out}, file{"--out", record.ManifestPath(o.Out)})
	}
	if o.Real != nil && o.Real.State != "" {
		all = append(all, file{"--state", o.Real.State})
	}
	if o.RunDir != "" {
		for _, name := range []string{record.ManifestFile, record.ScriptFile, record.ResultsFile} {
			all = append(all, file{"--run-dir", filepath.Join(o.RunDir, name)})
		}
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if a.flag != b.flag && files.Same(a.path, b.path) {
				return fmt.Errorf("%s and %s would both write %s; choose another name for one of them", b.flag, a.flag, b.path)
			}
		}
	}
	return nil
}

// to sends what is recorded to a sink, too.
func (r *results) to(sink record.Sink) {
	r.open = append(r.open, func() (record.Sink, error) { return sink, nil })
}

// toFile sends it to one that is opened when the run begins.
func (r *results) toFile(flag string, open func() (record.Sink, error)) {
	r.open = append(r.open, func() (record.Sink, error) {
		sink, err := open()
		if err != nil {
			err = fmt.Errorf("%s: %s", flag, record.Problem(err))
		}
		return sink, err
	})
}

// start opens the results.
func (r *results) start() error {
	var sinks []record.Sink
	for _, open := range r.open {
		sink, err := open()
		if err != nil {
			for _, s := range sinks {
				s.Close()
			}
			return err
		}
		sinks = append(sinks, sink)
	}
	r.records = record.New(r.limits, sinks...)
	return nil
}

// begin opens the results and writes the manifest of a run that has begun: one that is killed
// leaves both behind.
func (r *results) begin(x *Experiment, net *Network, version string) error {
	m, err := x.manifest(version)
	if err != nil {
		return err
	}
	m.Network = networkRow(net.Lua.Name, net.settings)
	if net.Lua.World != nil {
		m.Seed = &net.config.Seed
	}
	r.manifest = m
	if err := r.start(); err != nil {
		return err
	}
	return r.save()
}

// manifest is what is known of a run before it has a network.
func (x *Experiment) manifest(version string) (record.Manifest, error) {
	parameters, err := x.Header.Values(x.Params)
	m := record.Manifest{
		Version: version, Script: record.NewScript(x.Name, x.Source), Parameters: parameters,
		Circumstances: record.Circumstances{Start: time.Now(), Machine: record.ThisMachine()},
	}
	for _, a := range x.Args[min(1, len(x.Args)):] {
		m.Args = append(m.Args, record.Raw(a))
	}
	return m, err
}

// end closes the results and writes the manifest of a run that has ended. Errors of both are one
// error.
func (r *results) end(modules []record.Module, world *sim.World, status Status) error {
	m, code := &r.manifest, int(status)
	m.Modules = modules
	if world != nil {
		m.Trace, m.Skipped = world.Digest(), int64(world.Stats().Skipped/time.Second)
	}
	m.Exit, m.Circumstances.End = &code, time.Now()
	m.Results, m.Rows = r.records.Digest(), r.records.Rows()
	if err := errors.Join(r.records.Close(), r.save()); err != nil {
		return fmt.Errorf("the results could not be written: %s", record.Problem(err))
	}
	return nil
}

func (r *results) save() error {
	for _, write := range r.write {
		if err := write(r.manifest); err != nil {
			return fmt.Errorf("cannot write the manifest: %s", record.Problem(err))
		}
	}
	return nil
}
