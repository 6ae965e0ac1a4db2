package experiment

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/luabind"
	"github.com/lightdht/lightdht/luabind/network"
)

// MaxScript bounds the source of a script, in bytes (chosen by us).
const MaxScript = 4 << 20

// Experiment is a script and what it is run with. A caller may change its fields before a run; runs
// do not change them.
type Experiment struct {
	Name    string          // of the script, in messages and in the manifest
	Path    string          // of the file it was read from; "": it is no file
	Size    int             // of that file, in bytes
	Dir     string          // the script's folder, for require and its own reads; "": it has none
	Source  string          // the Lua text
	Header  *network.Header // what experiment{...} says; nil: there is no such call, or it has not been read
	Params  []network.Param // values of the header's parameters, in order; the last of a name counts
	Args    []string        // arg[0], arg[1], ... of the script
	Archive *bundle.Bundle  // the archive that it came out of; nil: none
	Foreign bool            // somebody else made it: its files go to a folder that is new

	packing fs.FS // the folder that an archive is being made from; nil: none is
}

// New makes an experiment of a script's source. It has no folder.
func New(name, source string) *Experiment {
	return &Experiment{Name: name, Source: source, Args: []string{name}}
}

// Open reads a script or an archive from a file, with the arguments of its command line; see
// [Experiment.Arguments].
func Open(path string, args ...string) (*Experiment, error) {
	text, err := files.Read(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the script: %w", err)
	}
	x, err := Parse(path, text)
	if err != nil {
		return nil, err
	}
	return x, x.Arguments(args)
}

// Parse makes an experiment of the content of a file: a script or an archive. The path "-" is the
// standard input. Its header is still to be read, by [Experiment.Arguments] or
// [Experiment.ReadHeader].
func Parse(path string, text []byte) (*Experiment, error) {
	x := &Experiment{Name: path, Dir: filepath.Dir(path), Path: path, Size: len(text), Args: []string{path}}
	if path == "-" {
		x = &Experiment{Name: "stdin", Dir: ".", Args: []string{path}}
	}
	if bundle.Is(text) {
		if err := files.Check(path); path != "-" && !files.Given(path) && err != nil {
			return nil, fmt.Errorf("cannot read the archive: %w", err)
		}
		return x, x.unpack(path, text)
	}
	if len(text) > MaxScript {
		return nil, fmt.Errorf("%s is larger than %d MiB; is it a script?", path, MaxScript>>20)
	}
	x.Source = string(text)
	return x, nil
}

// Received makes an experiment of a file that came over a network under a name. It has no folder,
// and is Foreign.
func Received(name string, data []byte) (*Experiment, error) {
	x := New(name, string(data))
	x.Foreign = true
	if bundle.Is(data) {
		return x, x.unpack(name, data)
	}
	return x, nil
}

// Arguments takes what follows the script on a command line: parameters as --name=value, then
// arguments of the script, which replace those of an archive. It reads the header, and refuses
// parameters that the header does not have. A header that fails as a script does is no error: the
// run meets the same one.
func (x *Experiment) Arguments(args []string) error {
	rest, err := x.parameters(args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		x.Args = append(x.Args[:1:1], rest...)
	}
	err = x.ReadHeader()
	if _, ofScript := errors.AsType[*engine.ScriptError](err); ofScript {
		return nil
	}
	if err != nil {
		return err
	}
	return x.Header.Check(x.Params)
}

// parameters takes the --name=value arguments; all that comes after the first other argument, or
// after "--", is the script's own.
func (x *Experiment) parameters(args []string) (rest []string, err error) {
	for i, a := range args {
		if a == "--" {
			return args[i+1:], nil
		}
		if !strings.HasPrefix(a, "--") {
			return args[i:], nil
		}
		name, value, ok := strings.Cut(a[2:], "=")
		if !ok {
			return nil, fmt.Errorf("parameter %s needs a value, as in %s=10; flags of lightdht itself go before the script, and \"--\" before arguments that begin with dashes", a, a)
		}
		x.Params = append(x.Params, network.Param{Name: name, Value: value})
	}
	return nil, nil
}

// unpack takes script, parameters and arguments from an archive.
func (x *Experiment) unpack(path string, data []byte) error {
	b, err := bundle.Parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, errors.Unwrap(err))
	}
	x.take(b)
	return nil
}

// take makes x what an archive holds. Its name is the script's own, wherever the archive lies: what
// a run prints must not depend on that.
func (x *Experiment) take(b *bundle.Bundle) {
	source, _ := b.File(b.Script)
	x.Archive, x.Name, x.Dir, x.Source = b, b.Script, "", string(source)
	x.Args = []string{b.Script}
	for _, a := range b.Args {
		x.Args = append(x.Args, string(a))
	}
	x.Params = nil
	for _, p := range b.Parameters {
		x.Params = append(x.Params, network.Param{Name: p.Name, Value: p.Value.(string)})
	}
}

// ReadHeader reads what the script says of itself, without running it. The settings of an archive
// change the header as flags would.
func (x *Experiment) ReadHeader() (err error) {
	if x.Header, err = luabind.ReadHeader(x.Name, x.Source); err != nil || x.Archive == nil {
		return err
	}
	var settings []string
	for _, f := range x.Archive.Network {
		settings = append(settings, f.Name+"="+f.Value.(string))
	}
	spec, err := network.ParseSettings(settings)
	if err != nil {
		return fmt.Errorf("the network of the archive: %w", err)
	}
	if x.Header == nil {
		x.Header = &network.Header{}
	}
	x.Header.Network = x.Header.Network.With(spec)
	return nil
}

// CheckNodes refuses a script whose header asks for a network of more nodes than most.
func (x *Experiment) CheckNodes(most int) error {
	if x.Header == nil || !x.Header.Network.Has("nodes") {
		return nil
	}
	cfg := x.Header.Network.Config
	nodes := float64(cfg.Nodes) * (1 + cfg.V6)
	if nodes <= float64(most) {
		return nil
	}
	return fmt.Errorf("%s asks for a network of %d nodes, and what others have made gets %d at most; --sim %d lets it have them",
		x.Name, int(nodes), most, cfg.Nodes)
}

// base is the script's name, for names of what comes of it.
func (x *Experiment) base() string { return strings.TrimSuffix(filepath.Base(x.Name), ".lua") }
