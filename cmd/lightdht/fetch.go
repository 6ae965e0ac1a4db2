package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/dht/share/transfer"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/files"
)

type fetchOptions struct {
	sharingFlags
	output string
}

func fetchCommand() *command {
	return &command{
		name: "fetch", args: "lightdht:LINK", short: "get what somebody shared, without running it",
		help: "The pieces come from nodes of the DHT that have them; each is checked against the link:\n" +
			"the file is what its author shared, or it is refused. Nothing of it is run, and no file\n" +
			"overwritten. --join and --live, the default, choose the network; simulated ones have\n" +
			"nothing to get.\n\n" +
			"  lightdht fetch lightdht:0123456789abcdef0123456789abcdef01234567 -o walks.lightdht\n" +
			"  lightdht help walks.lightdht",
		flags: func(flags *pflag.FlagSet) any {
			o := &fetchOptions{}
			flags.StringVarP(&o.output, "output", "o", "", "write this `FILE` (default: what its author called it)")
			o.sharingFlags.register(flags)
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			if len(args) != 1 {
				return h.misused("fetch takes one link, as in \"lightdht fetch lightdht:HEX -o FILE\", got %d arguments", len(args))
			}
			o := options.(*fetchOptions)
			f, code := h.fetch(ctx, &o.realFlags, &o.memberFlags, args[0], o.quiet)
			if f == nil {
				return code
			}
			return h.saveShared(o, f)
		},
	}
}

// fetch gets the file that a link leads to. If it cannot, it prints why, and returns nil
// and the exit code.
func (h *host) fetch(ctx context.Context, f *realFlags, m *memberFlags, text string, quiet bool) (*transfer.File, int) {
	link, err := share.ParseLink(text)
	if err != nil {
		return nil, h.report(plainShare(err))
	}
	p, err := h.enterReal(ctx, f, m.visiting(), quiet)
	if err != nil {
		return nil, h.sharingEnded(ctx, err)
	}
	defer p.Close()
	show, end := h.progressBar("getting it", quiet)
	file, err := transfer.New(p.Node(), show).File(ctx, link)
	end()
	switch {
	case ctx.Err() != nil:
		return nil, h.sharingEnded(ctx, ctx.Err())
	case err != nil:
		h.complain("%v: %v", link, plainShare(err))
		return nil, exitFailed
	}
	return file, exitDone
}

// saveShared writes a file, but not over another.
func (h *host) saveShared(o *fetchOptions, f *transfer.File) int {
	path := o.output
	if path == "" {
		path = f.Name
		if ext := filepath.Ext(path); ext != ".lua" && ext != bundle.Extension { // a name may mean something to other programs
			return h.misused("its author calls it %s, which is no name of a script or an archive; choose one with -o", path)
		}
	}
	switch err := files.Create(path, f.Data); {
	case errors.Is(err, fs.ErrExist):
		return h.misused("%s exists already and stays as it is; choose another name with -o", path)
	case errors.Is(err, fs.ErrNotExist):
		return h.misused("there is no folder %s; make it first, or choose another place with -o", filepath.Dir(path))
	case err != nil:
		return h.misused("cannot write the file: %v", err)
	}
	h.say(o.quiet, "%s: %d bytes from %s, as shared", path, len(f.Data), entry.Count(f.Items, "piece", "pieces"))
	return exitDone
}
