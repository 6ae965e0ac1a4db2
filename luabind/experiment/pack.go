package experiment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/network"
	"github.com/lightdht/lightdht/scripts"
)

// PackOptions say what goes into an archive.
type PackOptions struct {
	Add     []string // further files of the script's folder
	Args    []string // what follows the script on the command line: see [Experiment.Arguments]
	Version string   // of the program; "": what the build knows of this module
	Real    bool     // the script is for a real network: the archive has no settings of a simulated one
	// Settings are those of the simulated network that the caller asked for, NAME=VALUE; they go
	// into the archive as they are.
	Settings []string
}

// Pack puts a script and all it needs into an archive, which is not written yet: the modules beside
// it that it requires, the files beside it that one of its strings names, parameters, arguments and
// the network. folder is the script's, whose name is path. Module names that were found nowhere are
// missing.
func Pack(folder fs.FS, path string, o PackOptions) (x *Experiment, missing []string, err error) {
	b := &bundle.Bundle{Version: cmp.Or(o.Version, Version("", "")), Script: filepath.Base(path)}
	b.Files, missing, err = bundle.Collect(folder, b.Script, scripts.FS)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("cannot read the script: there is no %s", path)
	}
	if err != nil {
		return nil, nil, errors.Unwrap(err)
	}
	if err := addFiles(b, folder, filepath.Dir(path), o.Add); err != nil {
		return nil, nil, err
	}
	x = &Experiment{Path: path, packing: folder}
	x.take(b)
	return x, missing, x.complete(&o)
}

// addFiles adds files of the script's folder, which is dir.
func addFiles(b *bundle.Bundle, folder fs.FS, dir string, names []string) error {
	for _, name := range names {
		if rel, err := filepath.Rel(dir, name); err == nil && filepath.IsLocal(rel) {
			name = rel // as the shell completes it
		}
		data, err := fs.ReadFile(folder, filepath.ToSlash(name))
		if err != nil {
			return fmt.Errorf("--add: a file of the folder %s is needed: %w", dir, err)
		}
		b.Add(bundle.File{Name: filepath.ToSlash(name), Data: data})
	}
	return nil
}

// complete adds to the archive what the caller says.
func (x *Experiment) complete(o *PackOptions) error {
	b := x.Archive
	rest, err := x.parameters(o.Args)
	if err != nil {
		return err
	}
	if err := x.ReadHeader(); err != nil {
		return err
	}
	if err := x.Header.Check(x.Params); err != nil {
		return err
	}
	b.Title, b.Description = x.Header.Title, x.Header.Description
	for _, p := range x.Params {
		b.Parameters = put(b.Parameters, p.Name, p.Value)
	}
	for _, a := range rest {
		b.Args = append(b.Args, record.Raw(a))
	}
	x.Args = append(x.Args, rest...)
	if o.Real {
		return nil
	}
	return x.settings(o.Settings)
}

// settings puts the network into the archive. Those that are left to defaults are named too:
// defaults may change.
func (x *Experiment) settings(asked []string) error {
	spec, err := network.ParseSettings(asked)
	if err != nil {
		return err
	}
	b, cfg := x.Archive, SimulatedNetwork(x.Header, spec).Config
	b.Network = put(b.Network, "nodes", strconv.Itoa(cfg.Nodes))
	b.Network = put(b.Network, "seed", strconv.FormatUint(cfg.Seed, 10))
	for _, set := range asked {
		name, value, _ := strings.Cut(set, "=")
		b.Network = put(b.Network, name, value)
	}
	return nil
}

// RunPacked runs what Pack made, and keeps the run in the archive, with further files that the
// script opened in its folder. The archive is worth writing if the run is [Done] or [CheckFailed].
func (x *Experiment) RunPacked(ctx context.Context, o Options) (Outcome, error) {
	o.Keep = true
	out, err := x.Run(ctx, o)
	x.Archive.Run = out.Kept
	return out, err
}

// put sets a field of a row; a later value of the same name counts.
func put(row record.Row, name, value string) record.Row {
	for i := range row {
		if row[i].Name == name {
			row[i].Value = value
			return row
		}
	}
	return append(row, record.Field{Name: name, Value: value})
}
