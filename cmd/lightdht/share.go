package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/engine/bundle"
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
			"with which others get it: from whoever has the pieces, checked against the link. They\n" +
			"last for about two hours; with --keep they are renewed every hour until Ctrl-C. At most\n" +
			"256 KiB, compressed. It is for everybody to see, and cannot be taken back.\n\n" +
			"With --key and --name it is signed, and the link leads to the newest file that was shared\n" +
			"under the two. There is no simulated network to share in: use --join, or --live, which is\n" +
			"the default.\n\n" +
			"  lightdht share walks.lightdht\n" +
			"  lightdht share --keep --key me.key --name walks walks.lightdht\n" +
			"  lightdht run lightdht:PUBLIC_KEY/walks",
		flags: func(flags *pflag.FlagSet) any {
			o := &shareOptions{}
			flags.BoolVar(&o.keep, "keep", false, "renew the pieces every hour, until interrupted")
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

// shareKey reads the key to sign with; nil if there is none.
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

// pieces reads a file and cuts it. One that nobody could run is not shared.
func (h *host) pieces(path string) (*share.Pieces, error) {
	data, err := h.readFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the file: %w", err)
	}
	switch {
	case bundle.Is(data):
		if _, err := bundle.Parse(data); err != nil {
			return nil, fmt.Errorf("%s: %w", path, plain("bundle", err))
		}
	case filepath.Ext(path) == ".lua":
		if err := h.selfContained(path); err != nil {
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
func (h *host) selfContained(path string) error {
	folder, leave, err := h.openFolder(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("cannot read the script: %w", err)
	}
	defer leave()
	files, _, err := bundle.Collect(folder, filepath.Base(path), scripts.FS)
	if err != nil {
		return plain("bundle", err)
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
	defer p.close()
	link, items := share.Link{Root: pieces.Target}, pieces.Items
	least, err := h.putAll(ctx, p, items, o.quiet)
	if err != nil {
		return h.sharingEnded(ctx, err)
	}
	if key != nil {
		h.say(o.quiet, "this version alone: %v", link)
		link = share.Link{Key: publicKey(key), Name: o.name}
		pointer, err := h.point(ctx, p, link, key, pieces.Target)
		if err != nil {
			return h.sharingEnded(ctx, err)
		}
		items = append(items, pointer)
	}
	fmt.Fprintf(h.out, "%v\n", link)
	h.say(o.quiet, "%s, each on %s at least; they last for about two hours", many(len(items), "piece", "pieces"), many(least, "node", "nodes"))
	if o.keep {
		return h.keepAll(ctx, o, p, items)
	}
	return exitDone
}

// sharingEnded says why something was neither shared nor got.
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

// putAll stores items, and returns on how many nodes each of them is at least.
func (h *host) putAll(ctx context.Context, p *membership, items []krpc.Item, quiet bool) (least int, err error) {
	t := h.begin(p, "sharing", quiet)
	t.all = len(items)
	defer t.end()
	left := items
	for range tries {
		var refused []krpc.Item
		_, err := t.each(ctx, len(left), func(i int) (bool, error) {
			r, err := t.client.Put(ctx, left[i], nil, dht.SearchConfig{})
			stored := 0
			if r != nil && err == nil {
				stored = r.Stored
			}
			return stored > 0, t.settle(func() error {
				if stored == 0 {
					refused = append(refused, left[i])
				} else if least == 0 || stored < least {
					least = stored
				}
				return nil
			})
		})
		if err != nil {
			return 0, err
		}
		if left = refused; len(left) == 0 {
			return least, nil
		}
	}
	return 0, noNetwork("nobody took %d of the %s; does this network store items (BEP 44)?", len(left), many(len(items), "piece", "pieces"))
}

// point signs a pointer to root and stores it, as newer than what is there.
func (h *host) point(ctx context.Context, p *membership, link share.Link, key ed25519.PrivateKey, root krpc.ID) (krpc.Item, error) {
	t := h.begin(p, "signing", true)
	item := krpc.Item{Value: share.Pointer(root), Salt: []byte(link.Name), Seq: h.now().Unix()}
	switch r, err := t.client.Get(ctx, link.Target(), dht.SearchConfig{Salt: item.Salt}); {
	case ctx.Err() != nil:
		return item, context.Cause(ctx)
	case err == nil && string(r.Item.Value) == string(item.Value):
		item.Seq = r.Item.Seq // the same again
	case err == nil && r.Item.Seq >= item.Seq:
		item.Seq = r.Item.Seq + 1
	}
	item.Sign(key)
	for range tries {
		r, err := t.client.Put(ctx, item, nil, dht.SearchConfig{})
		if ctx.Err() != nil {
			return item, context.Cause(ctx)
		}
		if err == nil && r.Stored > 0 {
			return item, nil
		}
	}
	return item, noNetwork("nobody took what leads from your key to the file; was it shared under another clock, or from elsewhere just now?")
}

// keepAll renews the items until ctx ends. To be interrupted is how it is meant to
// end.
func (h *host) keepAll(ctx context.Context, o *shareOptions, p *membership, items []krpc.Item) int {
	kept := true
	p.own.Do(func(now dht.Time, n *dht.Node) {
		for _, it := range items {
			kept = n.Keep(now, it) && kept
		}
	})
	if !kept {
		return h.misused("more pieces than one node keeps")
	}
	h.say(o.quiet, "keeping them until Ctrl-C")
	<-ctx.Done()
	return exitDone
}
