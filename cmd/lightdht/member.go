package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/table"
	"github.com/lightdht/lightdht/dht/udp"
)

// Limits of entering a network; ours.
const (
	joinTimeout  = dht.JoinTime
	joinAgain    = 30 * time.Second // after all were asked in vain
	returnWidth  = 16               // through the nodes of the last time: many of them are gone
	waitingFirst = 2 * time.Second  // until it is said that there is no answer yet
	waitingLater = time.Minute      // ... and until it is said again
	returnTold   = 10_000           // from how many nodes on it is told that they are asked
)

// membership is a node on real sockets, and how it gets into its network.
type membership struct {
	own      *udp.Host
	cfg      dht.Config       // what the flags say of it
	entry    []netip.AddrPort // whom to join through; none: it waits to be found
	live     bool
	restored int // nodes known from the last time
	keeper   *keeper
	refused  refusals
	release  func() // lets others have the state
	patience func() // see host.takeTime
	tell     func(string)
}

// become binds the sockets that the flags ask for and makes the node, with what it
// knew the last time if there is a state. It joins later; see join. j is told what takes
// long, and what goes wrong with the state meanwhile.
func (h *host) become(ctx context.Context, f *realFlags, m *memberFlags, j *journal) (*membership, error) {
	release, err := h.holdState(m.state)
	if err != nil {
		return nil, err
	}
	p, err := h.settled(ctx, f, m, j)
	if err != nil {
		release()
		return nil, err
	}
	p.release, p.patience, p.tell = release, h.takeTime, j.warn
	if text := p.returning(); text != "" {
		j.note(text, "returning", "nodes", p.restored)
	}
	return p, nil
}

// settled is become, of one who has the state for itself.
func (h *host) settled(ctx context.Context, f *realFlags, m *memberFlags, j *journal) (*membership, error) {
	id, way, err := f.own()
	if err != nil {
		return nil, err
	}
	saved, err := h.loadState(m.state, j)
	if err != nil {
		return nil, err
	}
	listen, through, err := way.Find(ctx, h.lookup, saved.nodes > 0)
	if err != nil {
		return nil, err
	}
	cfg := m.node(f.live)
	cfg.Reach = way.Reach(listen, through)
	cfg.ID, cfg.KeepID, cfg.Bootstrap = id, f.id != "", through
	if id.IsZero() {
		cfg.ID = saved.id
	}
	own, err := listen.Bind(cfg)
	if err != nil {
		return nil, err
	}
	p := &membership{own: own, cfg: cfg, entry: through, live: f.live}
	p.restore(listen, saved.pages)
	if m.state != "" {
		if p.keeper, err = h.keepState(m.state, own, j.warn); err != nil {
			own.Close()
			return nil, err
		}
	}
	return p, nil
}

// restore gives the node those nodes of the last time that it can reach. They are
// unverified until they answer. The pages are let go one by one: the nodes take as much
// memory again.
func (p *membership) restore(listen entry.Addresses, pages [][]table.Entry) {
	for i, page := range pages {
		p.own.Do(func(now dht.Time, n *dht.Node) {
			for _, e := range page {
				if listen.Reach(e.Addr) && p.cfg.Reach.Allows(e.Addr) && n.Table().Restore(now, e) {
					p.restored++
				}
			}
		})
		pages[i] = nil
	}
}

// returning says what takes long about joining: that a large table of the last time is
// looked through. "" if it is not large.
func (p *membership) returning() string {
	if p.restored < returnTold {
		return ""
	}
	return fmt.Sprintf("knows %d nodes from the last time (--state); asking which of them are still there, for %v at most", p.restored, joinTimeout)
}

// join enters the network, through those that the flags name and the nodes of the last
// time. It says what it waits for. If nobody answers that is an error after joinTimeout,
// unless the node is to stay: then it goes on trying.
func (p *membership) join(ctx context.Context, stay bool) error {
	if len(p.entry) == 0 && p.restored == 0 { // to be found by others
		return nil
	}
	stop := p.sayWaiting(stay)
	defer stop()
	for {
		limited, cancel := ctx, context.CancelFunc(func() {})
		if !stay {
			limited, cancel = context.WithTimeout(ctx, joinTimeout)
		}
		cfg := dht.JoinConfig{Through: p.entry, For: -1, OnReply: func(_ dht.Time, r dht.Reply) { p.refused.note(r) }}
		if p.restored > 0 {
			cfg.Alpha = returnWidth
		}
		result, err := client.New(p.own).Join(limited, cfg)
		cancel()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err == nil || result != nil && result.Trace.Replies > 0:
			return nil
		case len(p.entry) == 0 && !p.live: // to be found by others
			return nil
		case !stay:
			return p.unanswered()
		}
		if !sleep(ctx, joinAgain) {
			return context.Cause(ctx)
		}
	}
}

// unanswered is the error that nobody answers, or only with errors.
func (p *membership) unanswered() error {
	switch refused, silent := p.refused.sort(p.entry); {
	case refused != "" && len(silent) > 0:
		return entry.Errorf("%s; nobody answers at %s; asked again and again, for %v", refused, entry.List(silent), joinTimeout)
	case refused != "":
		return entry.Errorf("%s; asked again and again, for %v", refused, joinTimeout)
	case len(silent) > 0:
		return unanswered(silent)
	}
	return entry.Errorf("none of the %s of --state answers, and no host to join the public DHT through was found; is this machine connected?",
		many(p.restored, "node", "nodes"))
}

// sayWaiting tells, now and then, whose answer is waited for, until stop is called.
func (p *membership) sayWaiting(stay bool) (stop func()) {
	ended, done := make(chan struct{}), make(chan struct{})
	go func() { // ends with stop
		defer close(done)
		for wait := waitingFirst; ; wait = waitingLater {
			select {
			case <-ended:
				return
			case <-time.After(wait):
				p.tell(p.waiting(stay))
			}
		}
	}()
	return func() { close(ended); <-done }
}

// waiting says what has come so far, and whose answer is waited for.
func (p *membership) waiting(stay bool) string {
	refused, silent := p.refused.sort(p.entry)
	awaited := entry.List(silent)
	switch known := "any of the " + many(p.restored, "node", "nodes") + " of --state"; {
	case p.restored > 0 && len(silent) > 0:
		awaited += " or " + known
	case p.restored > 0:
		awaited = known
	}
	var parts []string
	if refused != "" {
		parts = append(parts, refused)
	}
	if awaited != "" {
		parts = append(parts, "no answer yet from "+awaited)
	}
	again := fmt.Sprintf("asking again, for %v", joinTimeout)
	if stay {
		again = "asking again until there is one"
		if refused != "" {
			again = "asking again until one of them lets us in"
		}
	}
	return strings.Join(append(parts, again), "; ")
}

// sleep waits; false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// close writes the state, which others may then have, and frees the address.
func (p *membership) close() error {
	defer p.release()
	p.patience() // a large table takes seconds
	return errors.Join(p.keeper.close(), p.own.Close())
}

// enter joins a network through entry and waits until that is done.
func enter(ctx context.Context, loop client.Loop, through []netip.AddrPort) error {
	limited, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	result, err := client.New(loop).Bootstrap(limited, through...)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil || result != nil && result.Trace.Replies > 0:
		return nil
	}
	return unanswered(through)
}

// unanswered is the error that nobody answers.
func unanswered(through []netip.AddrPort) error {
	return entry.Errorf("nobody answers at %s, for %v; is the node there running, and is UDP let through?", entry.List(through), joinTimeout)
}
