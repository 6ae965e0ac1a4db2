package transfer

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Items go at a rate that a small network keeps up with.
func TestItemsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, often := time.Now(), make(map[time.Duration]int)
		var mu sync.Mutex
		const items = itemBurst + 3*int(time.Second/itemEvery)
		n, err := (&Transfer{progress: func(int, int) {}}).each(t.Context(), items, func(int) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			often[time.Since(began)]++
			return true, nil
		})
		if took := time.Since(began); n != items || err != nil || took != 3*time.Second || often[0] != itemBurst || often[itemEvery] != 1 {
			t.Errorf("%d items (%v) took %v; %d at once", n, err, took, often[0])
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if n, err := (&Transfer{progress: func(int, int) {}}).each(ctx, 1000, func(int) (bool, error) { return true, nil }); n > itemBurst+20 || err == nil {
			t.Errorf("%d items in a second, %v", n, err)
		}
	})
}
