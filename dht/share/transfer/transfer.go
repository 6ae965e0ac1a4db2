package transfer

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/client"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/share"
)

// Bounds of a transfer, chosen by us.
const (
	workers = 8 // items that are put, or got, at a time
	tries   = 3 // how often an item is tried that nobody took, or has

	// In a network of a few nodes each of them is asked twice for every item, and
	// answers 50 queries a second, after the first 100; it drops what is more than
	// that, and a search then waits for its timeouts.
	itemEvery = time.Second / 20
	itemBurst = 30
)

// Progress is told how many of the items are done. It is called by one goroutine at a time, and
// must not wait.
type Progress func(done, all int)

// Transfer moves items between this process and a network.
type Transfer struct {
	client   *client.Client
	progress Progress // never nil
	all      int      // items, for progress

	mu   sync.Mutex // over what follows, and progress
	done int
	turn time.Time // of the next item, if the limit of items a second was used up
}

// New makes a transfer through the node that loop owns. progress may be nil.
func New(loop client.Loop, progress Progress) *Transfer {
	if progress == nil {
		progress = func(int, int) {}
	}
	return &Transfer{client: client.New(loop), progress: progress}
}

// each calls f for 0 to n-1, for several numbers at a time, until a call fails or ctx
// ends. It returns how many calls were successful. f must do within locked what
// touches anything that its calls share.
func (t *Transfer) each(ctx context.Context, n int, f func(i int) (success bool, err error)) (int, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next, successes atomic.Int64
	var working sync.WaitGroup
	for range min(n, workers) {
		working.Go(func() { // ends when no number is left, or with ctx
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n || !t.await(ctx) {
					return
				}
				success, err := f(i)
				if success {
					successes.Add(1)
				}
				if err != nil {
					stop(err) // of several errors the first counts
				}
				t.advance(success)
			}
		})
	}
	working.Wait()
	return int(successes.Load()), context.Cause(ctx)
}

// await waits until another item may be started; false if ctx ends before.
func (t *Transfer) await(ctx context.Context) bool {
	wait := t.reserve(time.Now())
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

// reserve takes the next place in the sequence of items, and returns how long it is until then.
func (t *Transfer) reserve(now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if early := now.Add(-itemBurst * itemEvery); t.turn.Before(early) {
		t.turn = early
	}
	t.turn = t.turn.Add(itemEvery)
	return t.turn.Sub(now)
}

// advance reports progress after an item.
func (t *Transfer) advance(success bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if success {
		t.done++
	}
	t.progress(t.done, t.all)
}

// locked calls f while no other call of it runs.
func (t *Transfer) locked(f func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return f()
}

// Keep has the node that loop owns store its items again every hour, as long as it runs. It returns
// false if the node keeps too many items already.
func Keep(loop client.Loop, items []krpc.Item) (kept bool) {
	kept = true
	loop.Do(func(now dht.Time, n *dht.Node) {
		for _, item := range items {
			kept = n.Keep(now, item) && kept
		}
	})
	return kept
}

// problem makes the error of a transfer that failed.
func problem(format string, args ...any) error {
	return &share.Error{Problem: fmt.Sprintf(format, args...)}
}
