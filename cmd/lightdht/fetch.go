package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync/atomic"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/engine/bundle"
)

type fetchOptions struct {
	sharingFlags
	output string
}

func fetchCommand() *command {
	return &command{
		name: "fetch", args: "lightdht:LINK", short: "get what somebody shared, without running it",
		help: "The pieces come from whoever in the DHT has them, and each is checked against the link:\n" +
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

// sharedFile is one that came out of the DHT.
type sharedFile struct {
	link  share.Link
	root  krpc.ID
	name  string // what its author called it
	data  []byte
	items int
}

// fetch gets what a link leads to; nil with the exit code if it cannot, which it
// has then told.
func (h *host) fetch(ctx context.Context, f *realFlags, m *memberFlags, text string, quiet bool) (*sharedFile, int) {
	link, err := share.ParseLink(text)
	if err != nil {
		return nil, h.report(plainShare(err))
	}
	p, err := h.enterReal(ctx, f, m.visiting(), quiet)
	if err != nil {
		return nil, h.sharingEnded(ctx, err)
	}
	defer p.close()
	t := h.begin(p, "getting it", quiet)
	file, err := t.file(ctx, link)
	t.end()
	switch {
	case ctx.Err() != nil:
		return nil, h.sharingEnded(ctx, ctx.Err())
	case err != nil:
		h.complain("%v: %v", link, plainShare(err))
		return nil, exitFailed
	}
	return file, exitDone
}

// file gets all pieces of a file and puts them together.
func (t *transfer) file(ctx context.Context, link share.Link) (*sharedFile, error) {
	f := &sharedFile{link: link, root: link.Root}
	if link.Name != "" {
		item, err := t.newest(ctx, link)
		if err != nil {
			return nil, err
		}
		if f.root, err = share.ParsePointer(item.Value); err != nil {
			return nil, err
		}
	}
	g := share.NewGather(f.root)
	for left := tries; !g.Done(); left-- {
		missing := g.Missing()
		if left == 0 {
			return nil, lost(g, len(missing))
		}
		t.done, t.all = g.Progress()
		got, err := t.each(ctx, len(missing), func(i int) (bool, error) {
			value, err := t.value(ctx, missing[i])
			if value == nil {
				return false, err
			}
			return true, t.settle(func() error { return g.Take(missing[i], value) })
		})
		if err != nil {
			return nil, err
		}
		if got > 0 {
			left = tries + 1
		}
	}
	root, _ := g.Root()
	f.name, f.items = root.Name, root.Items()
	var err error
	f.data, err = g.Data()
	return f, err
}

// newest gets what the key of a link shared last under its name. All who are asked
// are heard, since somebody may have an old one.
func (t *transfer) newest(ctx context.Context, link share.Link) (*krpc.Item, error) {
	r, err := t.client.Get(ctx, link.Target(), dht.SearchConfig{Salt: []byte(link.Name)})
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, errors.New("nobody has what this key shared under that name: it was not on this network, or more than two hours ago and nobody keeps it")
	}
	return r.Item, nil
}

// value gets the value of an immutable item; nil without an error if nobody has it.
// The first answer that has it will do.
func (t *transfer) value(ctx context.Context, target krpc.ID) ([]byte, error) {
	enough, stop := context.WithCancel(ctx)
	defer stop()
	var found atomic.Pointer[krpc.Item]
	t.client.Get(enough, target, dht.SearchConfig{OnReply: func(_ dht.Time, r dht.Reply) {
		if r.Message == nil {
			return
		}
		if item, err := r.Message.Item(target, nil); err == nil {
			found.Store(&item)
			stop()
		}
	}})
	if item := found.Load(); item != nil {
		return item.Value, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, nil // silence and rubbish are all the same: nobody has it
}

// lost says which pieces nobody has.
func lost(g *share.Gather, missing int) error {
	have, all := g.Progress()
	if have == 0 {
		return errors.New("nobody has it: it was not shared on this network, or more than two hours ago and nobody keeps it")
	}
	return fmt.Errorf("nobody has %d of its %d pieces: those who held them have gone, and nobody keeps it; try again later, or ask its author for \"lightdht share --keep\"",
		max(missing, all-have), all)
}

// saveShared writes a file where there is none.
func (h *host) saveShared(o *fetchOptions, f *sharedFile) int {
	path := o.output
	if path == "" {
		path = f.name
		if ext := filepath.Ext(path); ext != ".lua" && ext != bundle.Extension { // other programs may heed a file for its name
			return h.misused("its author calls it %s, which is no name of a script or an archive; choose one with -o", path)
		}
	}
	switch err := h.newFile(path, f.data); {
	case errors.Is(err, fs.ErrExist):
		return h.misused("%s exists already and stays as it is; choose another name with -o", path)
	case errors.Is(err, fs.ErrNotExist):
		return h.misused("there is no folder %s; make it first, or choose another place with -o", filepath.Dir(path))
	case err != nil:
		return h.misused("cannot write the file: %v", err)
	}
	h.say(o.quiet, "%s: %d bytes from %s, as shared", path, len(f.data), many(f.items, "piece", "pieces"))
	return exitDone
}
