// Package client makes a node's searches and queries into blocking calls with a
// context, for Go programs. It works over any [Loop]: a UDP host, or a node of
// a simulation, where blocking is what makes virtual time pass.
package client

import (
	"context"
	"net/netip"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
)

// Loop is what owns a node and lends it. *udp.Host and *sim.Host are such.
type Loop interface {
	// Do runs f alone with the node.
	Do(f func(now dht.Time, n *dht.Node))
	// Wait blocks until done is closed, or returns an error when ctx ends or
	// nothing more can happen.
	Wait(ctx context.Context, done <-chan struct{}) error
}

// Client calls and waits. Its methods may be used from any number of goroutines
// if the loop's may, but never from a callback of the node.
//
// When the context ends, what was begun is stopped, and the call returns the
// context's error as soon as that has happened. A search then still returns
// the result it has reached. Callbacks of a search are over when its call
// returns; only the closing of the loop cuts them short.
type Client struct {
	loop Loop
}

// New returns a client of the node that loop owns.
func New(loop Loop) *Client { return &Client{loop} }

// Ping asks whether a node is there. The reply has its id and the time it took.
func (c *Client) Ping(ctx context.Context, to netip.AddrPort) (dht.Reply, error) {
	return c.Query(ctx, krpc.Contact{Addr: to}, dht.Call{Method: "ping"})
}

// Query sends one query to one node; the id in to may be zero. The reply and
// its message belong to the caller. The error is a [*dht.QueryError]
// (errors.Is [dht.ErrTimeout], errors.As [*krpc.Error]), or that of ctx.
func (c *Client) Query(ctx context.Context, to krpc.Contact, call dht.Call) (dht.Reply, error) {
	reply, err := wait(ctx, c.loop, func(now dht.Time, n *dht.Node, finish func(dht.Reply)) (stop func()) {
		return n.Query(now, to, call, func(_ dht.Time, r dht.Reply) {
			if r.Message != nil {
				m := r.Message.Clone()
				r.Message = &m
			}
			finish(r)
		})
	})
	if err != nil {
		return dht.Reply{From: to, Err: err}, err
	}
	return reply, reply.Err
}

// Bootstrap joins the network: it looks up the node's own id, starting at addrs
// or, if there are none, at those the node was configured with.
func (c *Client) Bootstrap(ctx context.Context, addrs ...netip.AddrPort) (*dht.Result, error) {
	return c.search(ctx, func(now dht.Time, n *dht.Node, done ended) *dht.Search {
		return n.Bootstrap(now, addrs, done)
	})
}

// Join is Bootstrap with a choice of how to enter: see [dht.Node.Join].
func (c *Client) Join(ctx context.Context, cfg dht.JoinConfig) (*dht.Result, error) {
	return c.search(ctx, func(now dht.Time, n *dht.Node, done ended) *dht.Search {
		return n.Join(now, cfg, done)
	})
}

// FindNode looks for the nodes closest to target. The functions in cfg are
// callbacks of the node: see [dht.SearchConfig].
func (c *Client) FindNode(ctx context.Context, target krpc.ID, cfg dht.SearchConfig) (*dht.Result, error) {
	return c.search(ctx, func(now dht.Time, n *dht.Node, done ended) *dht.Search {
		return n.FindNode(now, target, cfg, done)
	})
}

// GetPeers looks for peers of a torrent. To find none is not an error.
func (c *Client) GetPeers(ctx context.Context, infoHash krpc.ID, cfg dht.SearchConfig) (*dht.Result, error) {
	return c.search(ctx, func(now dht.Time, n *dht.Node, done ended) *dht.Search {
		return n.GetPeers(now, infoHash, cfg, done)
	})
}

// AnnouncePeer says to the nodes closest to infoHash that this machine serves
// the torrent on port. Port 0 means the one the node itself is seen to use.
// Result.Stored is how many accepted; if none did, and some refused, the error is a
// [*dht.RefusedError].
func (c *Client) AnnouncePeer(ctx context.Context, infoHash krpc.ID, port uint16, cfg dht.SearchConfig) (*dht.Result, error) {
	return c.search(ctx, func(now dht.Time, n *dht.Node, done ended) *dht.Search {
		return n.AnnouncePeer(now, infoHash, port, cfg, done)
	})
}

// Scrape asks how many seeds and peers a torrent has: see [dht.Node.Scrape].
func (c *Client) Scrape(ctx context.Context, infoHash krpc.ID, cfg dht.SearchConfig) (*dht.Result, error) {
	return c.search(ctx, func(now dht.Time, n *dht.Node, done ended) *dht.Search {
		return n.Scrape(now, infoHash, cfg, done)
	})
}

// Get looks for the item of a target: see [dht.Node.Get]. The error is [dht.ErrNotFound] if no node
// has it.
func (c *Client) Get(ctx context.Context, target krpc.ID, cfg dht.SearchConfig) (*dht.Result, error) {
	return c.search(ctx, func(now dht.Time, n *dht.Node, done ended) *dht.Search {
		return n.Get(now, target, cfg, done)
	})
}

// Put stores an item at the nodes closest to its target: see [dht.Node.Put]. Result.Stored is how
// many took it; if no node did, and some refused, the error is a [*dht.RefusedError]. It is no
// error that no node was asked to take it.
func (c *Client) Put(ctx context.Context, item krpc.Item, cas *int64, cfg dht.SearchConfig) (*dht.Result, error) {
	return c.search(ctx, func(now dht.Time, n *dht.Node, done ended) *dht.Search {
		return n.Put(now, item, cas, cfg, done)
	})
}

// ended is how a search reports that it is over.
type ended = func(now dht.Time, r *dht.Result)

// search begins a search and waits for its end. The result is nil only if the
// search was never begun or the loop was closed under it.
func (c *Client) search(ctx context.Context, begin func(now dht.Time, n *dht.Node, done ended) *dht.Search) (*dht.Result, error) {
	result, err := wait(ctx, c.loop, func(now dht.Time, n *dht.Node, finish func(*dht.Result)) (stop func()) {
		return begin(now, n, func(_ dht.Time, r *dht.Result) { finish(r) }).Stop
	})
	if err == nil {
		err = result.Err
	}
	return result, err
}

// wait lets begin start something with the node and blocks until that calls
// finish. If ctx ends first, it stops what was begun and waits for it to wind
// up, so that nothing of it happens after wait returned.
func wait[T any](
	ctx context.Context, loop Loop,
	begin func(now dht.Time, n *dht.Node, finish func(T)) (stop func()),
) (T, error) {
	var (
		value, none T
		stop        func()
		done        = make(chan struct{})
	)
	if err := ctx.Err(); err != nil {
		return none, err
	}
	loop.Do(func(now dht.Time, n *dht.Node) {
		stop = begin(now, n, func(v T) {
			value = v
			close(done)
		})
	})
	err := loop.Wait(ctx, done)
	if err == nil {
		return value, nil
	}
	loop.Do(func(dht.Time, *dht.Node) { stop() })
	if loop.Wait(context.WithoutCancel(ctx), done) != nil {
		return none, err // the loop is closed, and value may yet be written to
	}
	return value, err
}
