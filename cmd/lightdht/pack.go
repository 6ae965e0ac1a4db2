package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/luabind/experiment"
)

type packOptions struct {
	runOptions
	output string
	runIt  bool
	add    []string
}

func packCommand() *command {
	return &command{
		name: "pack", args: "script.lua [-o FILE] [--run] [--param=value ...] [argument ...]", short: "put a script and all it needs into one file",
		help: "The file is a zip archive: the script, the modules beside it that it requires, the\n" +
			"files beside it that one of its strings names, its parameters and arguments, and the\n" +
			"network of the flags. With --run the script is run as well: the files that it opens are\n" +
			"taken along, too, whatever it calls them, and what it printed and recorded is kept with\n" +
			"the manifest of the run, so that \"lightdht verify\" can tell whether it comes out the\n" +
			"same elsewhere; its standard input is empty. Without --run, the same gives the same bytes.\n\n" +
			"  lightdht pack experiment.lua\n" +
			"  lightdht pack --sim 2000 --seed 7 experiment.lua -o size.lightdht --run --rounds=5\n" +
			"  lightdht run size.lightdht\n" +
			"  lightdht verify size.lightdht",
		flags: func(flags *pflag.FlagSet) any {
			o := &packOptions{}
			o.flags = flags
			flags.StringVarP(&o.output, "output", "o", "", "write this `FILE`, over an archive that is there (default: the script's name, with the ending .lightdht)")
			flags.BoolVar(&o.runIt, "run", false, "run the script too, and keep what comes of it")
			flags.StringArrayVar(&o.add, "add", nil, "take this `FILE` of the script's folder along, too")
			o.networkFlags.register(flags)
			o.limitFlags.register(flags)
			flags.DurationVar(&o.timeout, "timeout", 0, "end the run after this long, as in 90s or 1h (exit code 4)")
			flags.BoolVarP(&o.quiet, "quiet", "q", false, "say nothing but errors on stderr")
			flags.BoolVarP(&o.verbose, "verbose", "v", false, "say more on stderr: log.debug too")
			registerRaw(flags)
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			return h.pack(ctx, options.(*packOptions), args)
		},
	}
}

// pack writes an archive.
func (h *host) pack(ctx context.Context, o *packOptions, args []string) int {
	if len(args) == 0 {
		return h.misused("pack needs a script, as in \"lightdht pack experiment.lua\"")
	}
	path := args[0]
	args, err := o.behindScript(args[1:])
	if err != nil {
		return h.report(err)
	}
	if o.output == "" {
		o.output = strings.TrimSuffix(filepath.Base(path), ".lua") + bundle.Extension
	}
	if filepath.Ext(o.output) != bundle.Extension {
		return h.misused("the name of an archive ends in %s; try -o %s", bundle.Extension, o.output+bundle.Extension)
	}
	if filepath.Ext(path) != ".lua" {
		return h.misused("pack takes a script, whose name ends in .lua, got %q", path)
	}
	if err := files.Check(o.output); err != nil {
		return h.misused("-o: %v", err)
	}
	if there, err := h.readFile(o.output); err == nil && len(there) > 0 && !bundle.Is(there) {
		return h.misused("%s is there already, and is no archive; choose another name with -o, or remove it", o.output)
	}
	folder, leave, err := openFolder(filepath.Dir(path))
	if err != nil {
		return h.report(fmt.Errorf("cannot read the script: %w", err))
	}
	defer leave()
	if err := o.misplaced(args); err != nil {
		return h.report(err)
	}
	x, err := h.collect(o, folder, path, args)
	if err != nil {
		return h.report(err)
	}
	code := exitDone
	if o.runIt {
		code = h.perform(&o.runOptions, func(options experiment.Options) experiment.Outcome {
			out, _ := x.RunPacked(ctx, options)
			return out
		})
		if code != exitDone && code != exitCheckFailed {
			h.complain("nothing was packed, since the run did not reach its end")
			return code
		}
	}
	if err := h.writeBundle(o, x.Archive); err != nil {
		return h.report(err)
	}
	return code
}

// behindScript takes what pack alone knows from among the arguments behind the
// script, up to the first that is the script's.
func (o *packOptions) behindScript(args []string) ([]string, error) {
	for len(args) > 0 {
		switch name, value, ok := strings.Cut(args[0], "="); {
		case args[0] == "--run":
			o.runIt = true
			return args[1:], nil
		case (name == "-o" || name == "--output") && ok:
			o.output, args = value, args[1:]
		case name == "-o" || name == "--output":
			if len(args) == 1 {
				return nil, fmt.Errorf("%s needs the name of a file", name)
			}
			o.output, args = args[1], args[2:]
		default:
			return args, nil
		}
	}
	return nil, nil
}

// misplaced refuses arguments that were hardly meant for the script, unless it stands behind
// "--".
func (o *packOptions) misplaced(args []string) error {
	for _, a := range args {
		switch name, _, _ := strings.Cut(a, "="); name {
		case "--":
			return nil
		case "-o", "--output", "--run":
			return fmt.Errorf("%s would be an argument of the script here; it belongs before --run and what is the script's (or \"--\" before it, if the script is meant)", name)
		}
	}
	return nil
}

// collect makes an archive of the script and what it needs.
func (h *host) collect(o *packOptions, folder fs.FS, path string, args []string) (*experiment.Experiment, error) {
	sockets, err := o.onSockets(o.flags)
	if err != nil {
		return nil, err
	}
	x, missing, err := experiment.Pack(folder, path, experiment.PackOptions{Version: version(), Add: o.add, Args: args, Real: sockets, Settings: o.settings})
	for _, m := range missing {
		h.say(o.quiet, "module %q is not beside the script, and does not come with lightdht; if the script needs it, it will run nowhere else", m)
	}
	return x, err
}

// writeBundle writes the archive, and says what is in it.
func (h *host) writeBundle(o *packOptions, b *bundle.Bundle) error {
	data, err := b.Encode()
	if err != nil {
		return errors.Unwrap(err)
	}
	if err := files.Write(o.output, data); err != nil {
		return fmt.Errorf("cannot write the archive: %w", err)
	}
	var names []string
	for _, f := range b.Files {
		names = append(names, f.Name)
	}
	h.say(o.quiet, "%s: %d bytes, with %s", o.output, len(data), strings.Join(names, ", "))
	if b.Run != nil {
		m := &b.Run.Manifest
		took := m.Circumstances.End.Sub(m.Circumstances.Start).Round(10 * time.Millisecond)
		h.say(o.quiet, "it ran for %v and recorded %d rows", took, m.Rows)
	}
	return nil
}
