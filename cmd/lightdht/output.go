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
	results  *record.Results
	manifest record.Manifest
	write    []func(record.Manifest) error // where the manifest goes
}

// openOutput opens what the flags ask for. What is recorded goes to stdout in any
// case: as a table for people, as JSON Lines for programs.
func (h *host) openOutput(o *runOptions) (*runOutput, error) {
	sinks := []record.Sink{record.NewLines(h.out)}
	if h.outTerminal {
		sinks[0] = record.NewText(h.out)
	}
	out := &runOutput{}
	if o.runDir != "" {
		folder, err := record.CreateFolder(o.runDir)
		if err != nil {
			return nil, fmt.Errorf("--run-dir: %s", plainRecord(err))
		}
		sink, err := folder.Results()
		if err != nil {
			return nil, fmt.Errorf("--run-dir: %s", plainRecord(err))
		}
		sinks = append(sinks, sink)
		out.write = append(out.write, folder.Write)
	}
	if o.out != "" {
		sink, err := record.Claim(o.out)
		if err != nil {
			return nil, fmt.Errorf("--out: %s", plainRecord(err))
		}
		sinks = append(sinks, sink)
		out.write = append(out.write, func(m record.Manifest) error {
			return record.WriteManifest(record.ManifestPath(o.out), m)
		})
	}
	if o.keep != nil {
		sinks = append(sinks, record.NewLines(&o.keep.rows))
		out.write = append(out.write, o.keep.write)
	}
	out.results = record.New(o.records(), sinks...)
	return out, nil
}

// begin writes the manifest of a run that has begun: one that is killed leaves it
// behind.
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

// filesDir is where the files go that a script writes without naming a folder.
func (o *runOptions) filesDir(s *script) string {
	switch {
	case o.files != "":
		return o.files
	case o.runDir != "":
		return filepath.Join(o.runDir, "files")
	}
	return s.base() + ".run"
}

// base is the script's name, for names of what comes of it.
func (s *script) base() string { return strings.TrimSuffix(filepath.Base(s.name), ".lua") }

// plainRecord is an error, or several, on one line and without the name of the
// package.
func plainRecord(err error) string {
	return strings.ReplaceAll(strings.TrimPrefix(strings.ReplaceAll(err.Error(), "\nrecord: ", "; "), "record: "), "\n", "; ")
}
