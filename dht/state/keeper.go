package state

import (
	"fmt"
	"time"
)

// saveEvery is how often a state is written; chosen by us.
const saveEvery = 5 * time.Minute

// Keeper writes the state of a node to its file again and again.
type Keeper struct {
	save    func() error
	warn    func(text string)
	quit    chan struct{}
	stopped chan struct{} // closed when the goroutine is over
}

// keep saves for the first time, and starts the goroutine.
func keep(save func() error, warn func(text string)) (*Keeper, error) {
	if err := save(); err != nil {
		return nil, fmt.Errorf("--state: %w", err)
	}
	k := &Keeper{save: save, warn: warn, quit: make(chan struct{}), stopped: make(chan struct{})}
	go k.run()
	return k, nil
}

// run is the goroutine, which Close ends.
func (k *Keeper) run() {
	defer close(k.stopped)
	tick := time.NewTicker(saveEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := k.save(); err != nil {
				k.warn(fmt.Sprintf("--state: %v; it is tried again", err))
			}
		case <-k.quit:
			return
		}
	}
}

// Close writes the state for the last time, which may take seconds for a large table.
func (k *Keeper) Close() error {
	close(k.quit)
	<-k.stopped
	if err := k.save(); err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	return nil
}
