package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/client"
)

// Bounds of sharing; ours.
const (
	abreast = 8 // items that are put, or got, at a time
	tries   = 3 // how often an item is tried that nobody took, or has

	// In a network of a few nodes each of them is asked twice for every item, and
	// answers 50 queries a second, after the first 100; what is more than that it
	// drops, and to wait for it takes longest.
	itemEvery  = time.Second / 20
	itemsFirst = 30
)

// sharingFlags are those of the commands that put files into the DHT and get them.
type sharingFlags struct {
	realFlags
	memberFlags
	quiet bool
}

func (f *sharingFlags) register(flags *pflag.FlagSet) {
	flags.SetInterspersed(true)
	f.realFlags.register(flags)
	f.memberFlags.register(flags)
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "say nothing but errors on stderr")
	for _, s := range settingFlags { // somebody may try
		flags.Func(s.name, "", func(string) error {
			return errors.New("what a simulated network keeps is gone with it; use --join, or --live, which is the default")
		})
		flags.Lookup(s.name).Hidden = true
	}
}

// enterReal joins a real network: the public DHT, unless the flags name another.
func (h *host) enterReal(ctx context.Context, f *realFlags, m *memberFlags, quiet bool) (*membership, error) {
	if !f.live && len(f.join) == 0 {
		f.live = true
		h.say(quiet, "joining the public DHT; for another network there is --join")
	}
	p, err := h.become(ctx, f, m, &journal{host: h, quiet: quiet})
	if err != nil {
		return nil, err
	}
	if err := p.join(ctx, false); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// visiting are the flags of a guest (BEP 43), as who comes for seconds should be: in
// the tables of others he would cost everybody a timeout for long.
func (f memberFlags) visiting() *memberFlags {
	f.readOnly = true
	return &f
}

// transfer moves items between this machine and the network, some at a time.
type transfer struct {
	client *client.Client
	bar    *progress // nil: none is shown
	all    int       // items, for the bar

	mu   sync.Mutex // over what follows, and the bar
	done int
	err  error     // the first that ended it
	turn time.Time // of the next item, if none came early
}

// begin makes a transfer of the node's; what is for the bar.
func (h *host) begin(p *membership, what string, quiet bool) *transfer {
	t := &transfer{client: client.New(p.own)}
	if h.terminal && !quiet {
		t.bar = &progress{out: h.errout, what: what, now: h.now}
	}
	return t
}

// each calls f for 0 to n-1, abreast at a time, until one fails or ctx ends. It
// returns how many f were content with; what f does besides asking the network
// it does within settle.
func (t *transfer) each(ctx context.Context, n int, f func(i int) (content bool, err error)) (int, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var next atomic.Int64
	var working sync.WaitGroup
	content := 0
	for range min(n, abreast) {
		working.Go(func() { // ends when none is left, or with ctx
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n || !t.await(ctx) {
					return
				}
				ok, err := f(i)
				t.mu.Lock()
				if ok {
					content++
					t.done++
				}
				if err != nil && t.err == nil && ctx.Err() == nil {
					t.err = err
					stop()
				}
				if t.bar != nil {
					t.bar.show(t.done, t.all, fmt.Sprintf(", %d of %d pieces", t.done, t.all))
				}
				t.mu.Unlock()
			}
		})
	}
	working.Wait()
	if t.err == nil && ctx.Err() != nil {
		t.err = context.Cause(ctx)
	}
	return content, t.err
}

// await waits until it is the turn of another item; false if ctx ends before.
func (t *transfer) await(ctx context.Context) bool {
	t.mu.Lock()
	now := time.Now()
	if early := now.Add(-itemsFirst * itemEvery); t.turn.Before(early) {
		t.turn = early
	}
	t.turn = t.turn.Add(itemEvery)
	wait := t.turn.Sub(now)
	t.mu.Unlock()
	if wait <= 0 {
		return true
	}
	select {
	case <-time.After(wait):
		return true
	case <-ctx.Done():
		return false
	}
}

// settle calls f while nobody else does.
func (t *transfer) settle(f func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return f()
}

// end takes the bar away.
func (t *transfer) end() {
	if t.bar != nil {
		t.bar.clear()
	}
}

// plainShare is an error without the name of the package.
func plainShare(err error) error { return errors.New(strings.TrimPrefix(err.Error(), "share: ")) }
