package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/dht/share/transfer"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/luabind"
	"github.com/lightdht/lightdht/luabind/experiment"
	"github.com/lightdht/lightdht/scripts"
)

type shareOptions struct {
	sharingFlags
	key  string
	name string
	keep bool
}

func shareCommand() *command {
	return &command{
		name: "share", args: "FILE", short: "put a script or an archive into the DHT itself",
		help: "The file is cut into pieces that any node of the DHT keeps (BEP 44), and a link printed\n" +
			"with which others get it: from nodes that have the pieces, checked against the link. They\n" +
			"last for about " + luabind.ItemLifetime + "; with --keep they are renewed " + luabind.ItemRenewal + " until Ctrl-C. At most\n" +
			"256 KiB, compressed. It is for everybody to see, and cannot be taken back.\n\n" +
			"With --key and --name it is signed, and the link leads to the newest file that was shared\n" +
			"under the two. There is no simulated network to share in: use --join, or --live, which is\n" +
			"the default.\n\n" +
			"  lightdht share walks.lightdht\n" +
			"  lightdht share --keep --key me.key --name walks walks.lightdht\n" +
			"  lightdht run lightdht:PUBLIC_KEY/walks",
		flags: func(flags *pflag.FlagSet) any {
			o := &shareOptions{}
			flags.BoolVar(&o.keep, "keep", false, "renew the pieces "+luabind.ItemRenewal+", until interrupted")
			flags.StringVar(&o.key, "key", "", "sign with the key in this `FILE`; see \"lightdht help key\"")
			flags.StringVar(&o.name, "name", "", "what the link is called, with --key: `WORD` of letters, digits, '.', '-' and '_'")
			o.sharingFlags.register(flags)
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			if len(args) != 1 {
				return h.misused("share takes one file, as in \"lightdht share experiment.lightdht\", got %d arguments", len(args))
			}
			o := options.(*shareOptions)
			key, err := h.shareKey(o)
			if err != nil {
				return h.report(err)
			}
			pieces, err := h.pieces(args[0])
			if err != nil {
				return h.report(err)
			}
			return h.share(ctx, o, pieces, key)
		},
	}
}

// shareKey reads the key to sign with; nil: it is not to be signed.
func (h *host) shareKey(o *shareOptions) (ed25519.PrivateKey, error) {
	if o.key == "" && o.name == "" {
		return nil, nil
	}
	if o.key == "" || o.name == "" {
		return nil, errors.New("--key and --name go together: the link is made of both")
	}
	if err := share.CheckName(o.name); err != nil {
		return nil, fmt.Errorf("--name: %w", plainShare(err))
	}
	return h.readKey(o.key)
}

// pieces reads a file and cuts it. It refuses a file that could not be run.
func (h *host) pieces(path string) (*share.Pieces, error) {
	data, err := h.readFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the file: %w", err)
	}
	switch {
	case bundle.Is(data):
		if _, err := bundle.Parse(data); err != nil {
			return nil, fmt.Errorf("%s: %w", path, errors.Unwrap(err))
		}
	case filepath.Ext(path) == ".lua":
		if err := selfContained(path); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("%s is neither a script, whose name ends in .lua, nor an archive that \"lightdht pack\" made", path)
	}
	pieces, err := share.Cut(filepath.Base(path), data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, plainShare(err))
	}
	return pieces, nil
}

// selfContained refuses a script that needs files besides itself.
func selfContained(path string) error {
	folder, leave, err := openFolder(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("cannot read the script: %w", err)
	}
	defer leave()
	files, _, err := bundle.Collect(folder, filepath.Base(path), scripts.FS)
	if err != nil {
		return errors.Unwrap(err)
	}
	var others []string
	for _, f := range files {
		if f.Name != filepath.Base(path) {
			others = append(others, f.Name)
		}
	}
	if len(others) > 0 {
		return fmt.Errorf("%s needs %s too; \"lightdht pack %s\" makes one file of them, to share instead", path, strings.Join(others, ", "), path)
	}
	return nil
}

// share puts the pieces into the network, and a pointer to them if there is a key.
func (h *host) share(ctx context.Context, o *shareOptions, pieces *share.Pieces, key ed25519.PrivateKey) int {
	member := &o.memberFlags
	if !o.keep {
		member = member.visiting()
	}
	p, err := h.enterReal(ctx, &o.realFlags, member, o.quiet)
	if err != nil {
		return h.sharingEnded(ctx, err)
	}
	defer p.Close()
	show, end := h.progressBar("sharing", o.quiet)
	least, err := transfer.New(p.Node(), show).Put(ctx, pieces.Items)
	end()
	if err != nil {
		return h.sharingEnded(ctx, entry.Errorf("%v", plainShare(err)))
	}
	link, items := share.Link{Root: pieces.Target}, pieces.Items
	if key != nil {
		h.say(o.quiet, "this version alone: %v", link)
		link = share.Link{Key: publicKey(key), Name: o.name}
		pointer, err := transfer.New(p.Node(), nil).Point(ctx, link, key, pieces.Target, h.now())
		if err != nil {
			return h.sharingEnded(ctx, entry.Errorf("%v", plainShare(err)))
		}
		items = append(items, pointer)
	}
	fmt.Fprintf(h.out, "%v\n", link)
	h.say(o.quiet, "%s, each on %s at least; they last for about %s", entry.Count(len(items), "piece", "pieces"), entry.Count(least, "node", "nodes"), luabind.ItemLifetime)
	if !o.keep {
		return exitDone
	}
	if !transfer.Keep(p.Node(), items) {
		return h.misused("more pieces than one node keeps")
	}
	h.say(o.quiet, "keeping them until Ctrl-C")
	<-ctx.Done() // Ctrl-C is how it is meant to end
	return exitDone
}

// sharingEnded prints why a file was not shared, or not fetched, and picks the exit code.
func (h *host) sharingEnded(ctx context.Context, err error) int {
	switch {
	case errors.Is(context.Cause(ctx), experiment.ErrOutOfTime):
		h.complain("out of time (--timeout) before all of it was there")
		return exitTimeout
	case ctx.Err() != nil:
		h.complain("interrupted")
		return exitInterrupted
	}
	return h.report(err)
}
