package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine/record"
)

// outputFlags say where results go besides stdout.
type outputFlags struct {
	out    string
	runDir string
}

func (f *outputFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.out, "out", "", "write what the script records to this `FILE` too, .csv or .jsonl, with a manifest beside it; it replaces results of an earlier run, and no other file")
	flags.StringVar(&f.runDir, "run-dir", "", "keep manifest, script and results of the run in this new `DIR`; the script's own files go to DIR/files; what it prints is not kept")
}

// runOutput is the results of one run, and what is to be said of it.
type runOutput struct {
	open     []func() (record.Sink, error) // where results go
	limits   record.Limits
	results  *record.Results // once the run has begun
	manifest record.Manifest
	write    []func(record.Manifest) error // where the manifest goes
	held     []func()                      // give files back to other processes
}

// claimOutput checks that what the flags ask for can be had. No file is changed before
// the run begins. What is recorded goes to stdout in any case: as a table for people, as
// JSON Lines for programs.
func (h *host) claimOutput(o *runOptions) (*runOutput, error) {
	if err := h.checkFiles(o); err != nil {
		return nil, err
	}
	out := &runOutput{limits: o.records()}
	stdout := record.NewLines(h.out)
	if h.outTerminal {
		stdout = record.NewText(h.out)
	}
	out.to(stdout)
	if err := h.hold(out, o); err != nil {
		return nil, err
	}
	if o.runDir != "" {
		folder, err := record.CreateFolder(o.runDir)
		if err != nil {
			out.release()
			return nil, fmt.Errorf("--run-dir: %s", plainRecord(err))
		}
		out.toFile("--run-dir", folder.Results)
		out.write = append(out.write, folder.Write)
	}
	if o.out != "" {
		open, err := record.Claim(o.out)
		if err != nil {
			out.release()
			return nil, fmt.Errorf("--out: %s", plainRecord(err))
		}
		out.toFile("--out", open)
		out.write = append(out.write, func(m record.Manifest) error {
			return record.WriteManifest(record.ManifestPath(o.out), m)
		})
	}
	if o.keep != nil {
		out.to(record.NewLines(&o.keep.rows))
		out.write = append(out.write, o.keep.write)
	}
	return out, nil
}

// hold keeps the files of the flags from other processes, until release.
func (h *host) hold(out *runOutput, o *runOptions) error {
	for _, f := range []struct{ flag, path, lock string }{
		{"--run-dir", o.runDir, absolute(o.runDir)}, {"--out", o.out, record.ManifestPath(o.out)},
	} {
		if f.path == "" {
			continue
		}
		release, err := h.holdOutput(f.flag, f.path, f.lock)
		if err != nil {
			out.release()
			return err
		}
		out.held = append(out.held, release)
	}
	return nil
}

// release gives the files back to other processes.
func (out *runOutput) release() {
	for _, release := range out.held {
		release()
	}
	out.held = nil
}

// checkFiles refuses flags that would have the same file written.
func (h *host) checkFiles(o *runOptions) error {
	type file struct{ flag, path string }
	var files []file
	if o.out != "" {
		files = append(files, file{"--out", o.out}, file{"--out", record.ManifestPath(o.out)})
	}
	if o.state != "" {
		files = append(files, file{"--state", o.state})
	}
	if o.runDir != "" {
		for _, name := range []string{record.ManifestFile, record.ScriptFile, record.ResultsFile} {
			files = append(files, file{"--run-dir", filepath.Join(o.runDir, name)})
		}
	}
	for i, a := range files {
		for _, b := range files[:i] {
			if a.flag != b.flag && h.sameFile(a.path, b.path) {
				return fmt.Errorf("%s and %s would both write %s; choose another name for one of them", b.flag, a.flag, b.path)
			}
		}
	}
	return nil
}

// to sends what is recorded to a sink, too.
func (out *runOutput) to(sink record.Sink) {
	out.open = append(out.open, func() (record.Sink, error) { return sink, nil })
}

// toFile sends it to one that is opened when the run begins.
func (out *runOutput) toFile(flag string, open func() (record.Sink, error)) {
	out.open = append(out.open, func() (record.Sink, error) {
		sink, err := open()
		if err != nil {
			err = fmt.Errorf("%s: %s", flag, plainRecord(err))
		}
		return sink, err
	})
}

// start opens the results.
func (out *runOutput) start() error {
	var sinks []record.Sink
	for _, open := range out.open {
		sink, err := open()
		if err != nil {
			for _, s := range sinks {
				s.Close()
			}
			return err
		}
		sinks = append(sinks, sink)
	}
	out.results = record.New(out.limits, sinks...)
	return nil
}

// begin opens the results and writes the manifest of a run that has begun: one that is
// killed leaves both behind.
func (out *runOutput) begin(s *script, net *runNetwork, now time.Time) error {
	parameters, err := s.header.Values(s.params)
	if err != nil {
		return err
	}
	out.manifest = record.Manifest{
		Version: version(), Script: record.NewScript(s.name, s.source), Parameters: parameters, Network: networkRow(net),
		Circumstances: record.Circumstances{Start: now, Machine: record.ThisMachine()},
	}
	if net.network.World != nil {
		out.manifest.Seed = &net.config.Seed
	}
	for _, a := range s.args[1:] {
		out.manifest.Args = append(out.manifest.Args, record.Raw(a))
	}
	if err := out.start(); err != nil {
		return err
	}
	return out.save()
}

// end closes the results and writes the manifest of a run that has ended. What
// goes wrong with it is an error only once.
func (out *runOutput) end(modules []record.Module, world *sim.World, code int, now time.Time) error {
	m := &out.manifest
	m.Modules = modules
	if world != nil {
		m.Trace, m.Skipped = world.Digest(), int64(world.Stats().Skipped/time.Second)
	}
	m.Exit, m.Circumstances.End = &code, now
	m.Results, m.Rows = out.results.Digest(), out.results.Rows()
	return errors.Join(out.results.Close(), out.save())
}

func (out *runOutput) save() error {
	for _, write := range out.write {
		if err := write(out.manifest); err != nil {
			return fmt.Errorf("cannot write the manifest: %s", plainRecord(err))
		}
	}
	return nil
}

// networkRow is what the run runs on, for the manifest.
func networkRow(net *runNetwork) record.Row {
	row := record.Row{{Name: "kind", Value: net.network.Name}}
	for _, s := range net.settings {
		if s.Name != "seed" {
			row = append(row, record.Field{Name: s.Name, Value: s.Value})
		}
	}
	return row
}

// plainRecord is an error, or several, on one line and without the name of the
// package.
func plainRecord(err error) string {
	return strings.ReplaceAll(strings.TrimPrefix(strings.ReplaceAll(err.Error(), "\nrecord: ", "; "), "record: "), "\n", "; ")
}
