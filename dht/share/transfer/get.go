package transfer

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/dht/store"
)

// File is a file that was got from the network.
type File struct {
	Link  share.Link // that led to it
	Name  string     // what its author calls it; see [share.Root]
	Data  []byte
	Items int // of which it was made, the root included
}

// File gets all items of the file that link leads to, and puts them together.
func (t *Transfer) File(ctx context.Context, link share.Link) (*File, error) {
	target, err := t.root(ctx, link)
	if err != nil {
		return nil, err
	}
	g := share.NewGather(target)
	if err := t.gather(ctx, g); err != nil {
		return nil, err
	}
	data, err := g.Data()
	if err != nil {
		return nil, err
	}
	root, _ := g.Root()
	return &File{Link: link, Name: root.Name, Data: data, Items: root.Items()}, nil
}

// root finds the root of the file that a link leads to.
func (t *Transfer) root(ctx context.Context, link share.Link) (krpc.ID, error) {
	if link.Name == "" {
		return link.Root, nil
	}
	pointer, err := t.newest(ctx, link)
	if err != nil {
		return krpc.ID{}, err
	}
	return share.ParsePointer(pointer.Value)
}

// gather gets the items that g lacks. It gives up when nobody had any of them three
// times in a row.
func (t *Transfer) gather(ctx context.Context, g *share.Gather) error {
	for left := tries; !g.Done(); left-- {
		missing := g.Missing()
		if left == 0 {
			return lost(g, len(missing))
		}
		t.done, t.all = g.Progress()
		got, err := t.each(ctx, len(missing), func(i int) (bool, error) {
			value, err := t.value(ctx, missing[i])
			if value == nil {
				return false, err
			}
			return true, t.locked(func() error { return g.Take(missing[i], value) })
		})
		if err != nil {
			return err
		}
		if got > 0 {
			left = tries + 1
		}
	}
	return nil
}

// lifetime is how long nodes keep an item that is not put again, in words.
var lifetime = fmt.Sprintf("%g hours", store.DefaultItemExpiry.Hours())

// newest gets what the key of a link shared last under its name. The search goes to
// its end, since a node may have an older one.
func (t *Transfer) newest(ctx context.Context, link share.Link) (*krpc.Item, error) {
	r, err := t.client.Get(ctx, link.Target(), dht.SearchConfig{Salt: []byte(link.Name)})
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, problem("nobody has what this key shared under that name: it was not on this network, or more than %s ago and nobody keeps it", lifetime)
	}
	return r.Item, nil
}

// value gets the value of an immutable item; nil without an error if nobody has it.
// The search ends with the first answer that has it.
func (t *Transfer) value(ctx context.Context, target krpc.ID) ([]byte, error) {
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
	return nil, nil // silence and wrong answers are the same: nobody has it
}

// lost says which pieces nobody has.
func lost(g *share.Gather, missing int) error {
	have, all := g.Progress()
	if have == 0 {
		return problem("nobody has it: it was not shared on this network, or more than %s ago and nobody keeps it", lifetime)
	}
	return problem("nobody has %d of its %d pieces: those who held them have gone, and nobody keeps it; try again later, or ask its author for \"lightdht share --keep\"",
		max(missing, all-have), all)
}
