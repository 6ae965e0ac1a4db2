package main

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/table"
	"github.com/lightdht/lightdht/dht/udp"
)

// Limits of entering a network; ours.
const (
	joinTimeout   = 15 * time.Second
	returnTimeout = 10 * time.Second // through the nodes of the last time
	returnWidth   = 16               // many of them are gone
)

// membership is a node on real sockets, and how it gets into its network.
type membership struct {
	own      *udp.Host
	cfg      dht.Config       // what the flags say of it
	entry    []netip.AddrPort // whom to join through; none: it waits to be found
	live     bool
	restored int // nodes known from the last time
	keeper   *keeper
	release  func() // lets others have the state
	patience func() // see host.takeTime
}

// become binds the sockets that the flags ask for and makes the node, with what it
// knew the last time if there is a state. It joins later; see join. tell is told
// what goes wrong with the state meanwhile.
func (h *host) become(ctx context.Context, f *realFlags, m *memberFlags, tell func(string)) (*membership, error) {
	release, err := h.holdState(m.state)
	if err != nil {
		return nil, err
	}
	p, err := h.settled(ctx, f, m, tell)
	if err != nil {
		release()
		return nil, err
	}
	p.release, p.patience = release, h.takeTime
	return p, nil
}

// settled is become, of one who has the state for itself.
func (h *host) settled(ctx context.Context, f *realFlags, m *memberFlags, tell func(string)) (*membership, error) {
	id, listen, err := f.own()
	if err != nil {
		return nil, err
	}
	saved, err := h.loadState(m.state, tell)
	if err != nil {
		return nil, err
	}
	listen, entry, err := h.wayIn(ctx, f, listen, len(saved.entries) > 0)
	if err != nil {
		return nil, err
	}
	cfg := m.node(f.live)
	cfg.Reach = f.reach(listen, entry)
	cfg.ID, cfg.KeepID, cfg.Bootstrap = id, f.id != "", entry
	if id.IsZero() {
		cfg.ID = saved.id
	}
	own, err := bind(listen, cfg)
	if err != nil {
		return nil, err
	}
	p := &membership{own: own, cfg: cfg, entry: entry, live: f.live}
	p.restore(listen, saved.entries)
	if m.state != "" {
		if p.keeper, err = h.keepState(m.state, own, tell); err != nil {
			own.Close()
			return nil, err
		}
	}
	return p, nil
}

// wayIn finds where to listen, if the flags do not say it, and those addresses to join
// through that can be reached from there. Who knows others already can do without.
func (h *host) wayIn(ctx context.Context, f *realFlags, listen addresses, known bool) (addresses, []netip.AddrPort, error) {
	entry, err := h.entry(ctx, f, listen, known)
	if err != nil {
		return listen, nil, err
	}
	if listen.none() {
		listen = f.home(entry)
	}
	entry = slices.DeleteFunc(entry, func(a netip.AddrPort) bool { return !listen.reach(a) })
	if entry, err = f.joinable(entry); err != nil {
		return listen, nil, err
	}
	if err := unreachable(listen, entry); err != nil && !known {
		return listen, nil, err
	}
	return listen, entry, nil
}

// public reports whether an address can be one of the public DHT.
func public(a netip.AddrPort) bool { return krpc.ClassOf(a.Addr()) == krpc.Public }

// unreachable is why there is no way to any of those to join through; nil if there
// is one, or nobody to join through.
func unreachable(listen addresses, entry []netip.AddrPort) (err error) {
	for _, to := range entry {
		from := listen.v4
		if to.Addr().Is6() {
			from = listen.v6
		}
		if _, err = route(from.Addr(), to); err == nil {
			return nil
		}
	}
	if err == nil {
		return nil
	}
	return noNetwork("this machine has no way to %s (%v); is it connected?", list(entry), err)
}

// restore gives the node those nodes of the last time that it can reach. They are
// unverified until they answer.
func (p *membership) restore(listen addresses, entries []table.Entry) {
	for page := range slices.Chunk(entries, savePage) {
		p.own.Do(func(now dht.Time, n *dht.Node) {
			for _, e := range page {
				if listen.reach(e.Addr) && p.cfg.Reach.Allows(e.Addr) && n.Table().Restore(now, e) {
					p.restored++
				}
			}
		})
	}
}

// join enters the network: through the nodes of the last time, or else through those
// that the flags name.
func (p *membership) join(ctx context.Context) error {
	if p.restored > 0 {
		switch back, err := p.comeBack(ctx); {
		case back || err != nil:
			return err
		case len(p.entry) == 0 && p.live:
			return noNetwork("none of the %s of --state answers, and no host to join the public DHT through was found; is this machine connected?",
				many(p.restored, "node", "nodes"))
		}
	}
	if len(p.entry) == 0 { // to be found by others
		return nil
	}
	return enter(ctx, p.own, p.entry)
}

// comeBack looks up the node's own id among those it knew the last time, and reports
// whether anybody answered. From then on it stays joined by itself.
func (p *membership) comeBack(ctx context.Context) (bool, error) {
	limited, cancel := context.WithTimeout(ctx, returnTimeout)
	defer cancel()
	var id krpc.ID
	p.own.Do(func(_ dht.Time, n *dht.Node) { id = n.ID() })
	r, _ := client.New(p.own).FindNode(limited, id, dht.SearchConfig{Alpha: returnWidth})
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if r == nil || r.Trace.Replies == 0 {
		return false, nil
	}
	p.own.Do(func(now dht.Time, n *dht.Node) { n.Bootstrap(now, nil, func(dht.Time, *dht.Result) {}) })
	return true, nil
}

// close writes the state, which others may then have, and frees the address.
func (p *membership) close() error {
	defer p.release()
	p.patience() // a large table takes seconds
	return errors.Join(p.keeper.close(), p.own.Close())
}

// enter joins the network through entry and waits until that is done.
func enter(ctx context.Context, loop client.Loop, entry []netip.AddrPort) error {
	limited, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	result, err := client.New(loop).Bootstrap(limited, entry...)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if result != nil && result.Trace.Replies > 0 {
		return nil
	}
	if err != nil {
		return noNetwork("nobody answers at %s; is the node there running, and is UDP let through?", list(entry))
	}
	return nil
}
