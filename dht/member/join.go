package member

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/entry"
)

// Limits of joining a network, chosen by us.
const (
	retryAfter   = 30 * time.Second // once all were asked in vain
	returnAlpha  = 16               // queries at a time to nodes of the last time, as many of them are gone
	firstWarning = 2 * time.Second  // that there is no answer yet
	laterWarning = time.Minute      // the same again
)

// Join enters the network. If nobody answers that is an error after [dht.JoinTime], unless stay is
// true: then it goes on trying until ctx ends. A node that knows nobody to join through has nothing
// to do: it waits to be found by others.
func (m *Member) Join(ctx context.Context, stay bool) error {
	if len(m.entry) == 0 && m.restored == 0 {
		return nil
	}
	stop := m.sayWaiting(stay)
	defer stop()
	for {
		joined, err := m.try(ctx, stay)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case joined:
			return nil
		case len(m.entry) == 0 && !m.cfg.Way.Public: // it waits to be found by others
			return nil
		case !stay:
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(retryAfter):
		}
	}
}

// try asks all nodes that there are to join through. The error is why nobody let it in.
func (m *Member) try(ctx context.Context, stay bool) (joined bool, err error) {
	if !stay {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, dht.JoinTime)
		defer cancel()
	}
	cfg := dht.JoinConfig{Through: m.entry, For: -1, OnReply: func(_ dht.Time, r dht.Reply) { m.refused.note(r) }}
	if m.restored > 0 {
		cfg.Alpha = returnAlpha
	}
	result, err := client.New(m.node).Join(ctx, cfg)
	if err == nil || result != nil && result.Trace.Replies > 0 {
		return true, nil
	}
	return false, m.unanswered()
}

// unanswered is the error that nobody answers, or only with errors.
func (m *Member) unanswered() error {
	switch refused, silent := m.refused.sort(m.entry); {
	case refused != "" && len(silent) > 0:
		return entry.Errorf("%s; nobody answers at %s; asked again and again, for %v", refused, entry.List(silent), dht.JoinTime)
	case refused != "":
		return entry.Errorf("%s; asked again and again, for %v", refused, dht.JoinTime)
	case len(silent) > 0:
		return entry.Errorf("nobody answers at %s, for %v; is the node there running, and is UDP let through?", entry.List(silent), dht.JoinTime)
	}
	return entry.Errorf("none of the %s of --state answers, and no host to join the public DHT through was found; is this machine connected?",
		entry.Count(m.restored, "node", "nodes"))
}

// sayWaiting tells, now and then, whose answer is waited for, until stop is called.
func (m *Member) sayWaiting(stay bool) (stop func()) {
	ended, done := make(chan struct{}), make(chan struct{})
	go func() { // ends with stop
		defer close(done)
		for wait := firstWarning; ; wait = laterWarning {
			select {
			case <-ended:
				return
			case <-time.After(wait):
				m.cfg.Warn(m.waiting(stay))
			}
		}
	}()
	return func() { close(ended); <-done }
}

// waiting says what has come so far, and whose answer is waited for.
func (m *Member) waiting(stay bool) string {
	refused, silent := m.refused.sort(m.entry)
	var parts []string
	if refused != "" {
		parts = append(parts, refused)
	}
	if awaited := m.awaited(silent); awaited != "" {
		parts = append(parts, "no answer yet from "+awaited)
	}
	again := fmt.Sprintf("asking again, for %v", dht.JoinTime)
	if stay {
		again = "asking again until there is one"
		if refused != "" {
			again = "asking again until there is a proper answer"
		}
	}
	return strings.Join(append(parts, again), "; ")
}

// awaited names the nodes whose answer is waited for; "" if every one has answered.
func (m *Member) awaited(silent []netip.AddrPort) string {
	known := "any of the " + entry.Count(m.restored, "node", "nodes") + " of --state"
	switch {
	case m.restored > 0 && len(silent) > 0:
		return entry.List(silent) + " or " + known
	case m.restored > 0:
		return known
	}
	return entry.List(silent)
}
