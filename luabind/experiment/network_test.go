package experiment

import (
	"context"
	"errors"
	"testing"

	"github.com/lightdht/lightdht/dht/sim"
)

// A world that is being made is left behind at once, and no longer made.
func TestInterruptTheCreation(t *testing.T) {
	ctx, interrupt := context.WithCancelCause(t.Context())
	defer interrupt(nil)
	shown, made := false, false
	o := &Options{Watch: Watch{
		Making: func(done, total int) {
			shown = true
			interrupt(ErrOutOfTime)
		},
		Made: func() { made = true },
	}}
	// A cold start of that many takes minutes.
	world, err := o.makeWorld(ctx, sim.Config{Nodes: 200_000, Cold: true, Seed: 1})
	if world != nil || !errors.Is(err, ErrOutOfTime) {
		t.Errorf("got %v, %v", world, err)
	}
	if !shown || !made {
		t.Errorf("told of it: %v, of its end: %v", shown, made)
	}
	if world, err := (&Options{}).makeWorld(t.Context(), sim.Config{Nodes: 300, Seed: 1}); err != nil || world.Size() != 300 {
		t.Errorf("got %v, %v", world, err)
	}
}
