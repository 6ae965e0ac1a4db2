package transfer

import (
	"context"
	"crypto/ed25519"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/share"
)

// Put stores items, and returns on how many nodes each of them is at least.
func (t *Transfer) Put(ctx context.Context, items []krpc.Item) (least int, err error) {
	t.done, t.all = 0, len(items)
	left := items
	for range tries {
		var refused []krpc.Item
		_, err := t.each(ctx, len(left), func(i int) (bool, error) {
			stored := t.store(ctx, left[i])
			return stored > 0, t.locked(func() error {
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
	return 0, problem("nobody took %d of the %d pieces; does this network store items (BEP 44)?", len(left), len(items))
}

// store puts one item, and returns how many nodes took it.
func (t *Transfer) store(ctx context.Context, item krpc.Item) int {
	r, err := t.client.Put(ctx, item, nil, dht.SearchConfig{})
	if r == nil || err != nil {
		return 0
	}
	return r.Stored
}

// Point signs a pointer to root and stores it where link, which must have a name, leads. Its
// sequence number is that of the second now, or the next one after that of the pointer that is
// there. It returns the pointer.
func (t *Transfer) Point(ctx context.Context, link share.Link, key ed25519.PrivateKey, root krpc.ID, now time.Time) (krpc.Item, error) {
	item := krpc.Item{Value: share.Pointer(root), Salt: []byte(link.Name), Seq: now.Unix()}
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
		stored := t.store(ctx, item)
		if ctx.Err() != nil {
			return item, context.Cause(ctx)
		}
		if stored > 0 {
			return item, nil
		}
	}
	return item, problem("nobody took what leads from your key to the file; was it shared under another clock, or from elsewhere just now?")
}
