package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lightdht/lightdht/dht/sim"
)

// What does not end by itself is ended a little later, unless it takes its time.
func TestEndLate(t *testing.T) {
	for _, takesTime := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var errout strings.Builder
			var ended atomic.Int32 // with this code
			h := &host{errout: &errout, exit: func(code int) { ended.Store(int32(code)) }}
			ctx, interrupt := context.WithCancel(t.Context())
			h.unhurried = h.endLate(ctx, exitInterrupted, "it did not stop")
			if takesTime {
				h.takeTime()
				h.takeTime()
			}
			interrupt()
			time.Sleep(lastChance - time.Millisecond)
			synctest.Wait()
			if ended.Load() != 0 {
				t.Errorf("takes time: %v; it ended at once", takesTime)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			want, said := int32(exitInterrupted), "lightdht: it did not stop\n"
			if takesTime {
				want, said = 0, ""
			}
			if ended.Load() != want || errout.String() != said {
				t.Errorf("takes time: %v; code %d, %s", takesTime, ended.Load(), errout.String())
			}
		})
	}
	new(host).takeTime() // nobody waits
}

// Whoever is asked to type a script can be interrupted.
func TestInterruptTheTypist(t *testing.T) {
	in, typing := io.Pipe()
	defer typing.Close()
	h := &host{in: in}
	ctx, interrupt := context.WithCancel(t.Context())
	go typing.Write([]byte("print(")) // ends with the test
	interrupt()
	if text, err := h.typed(ctx); !errors.Is(err, errInterrupted) || exitCode(err) != exitInterrupted {
		t.Errorf("got %q, %v", text, err)
	}
	h.in = strings.NewReader("print(1)")
	if text, err := h.typed(t.Context()); err != nil || string(text) != "print(1)" {
		t.Errorf("got %q, %v", text, err)
	}
}

// A world that is being made is left behind at once, and no longer made.
func TestInterruptTheCreation(t *testing.T) {
	ctx, interrupt := context.WithCancelCause(t.Context())
	defer interrupt(nil)
	shown := false
	h := &host{now: time.Now, errout: writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), "making the network") {
			shown = true
			interrupt(errOutOfTime)
		}
		return len(p), nil
	})}
	// A cold start of so many takes minutes.
	world, err := h.makeWorld(ctx, sim.Config{Nodes: 200_000, Cold: true, Seed: 1}, true)
	if world != nil || !errors.Is(err, errOutOfTime) {
		t.Errorf("got %v, %v", world, err)
	}
	if !shown {
		t.Error("there was no bar")
	}
	if world, err := h.makeWorld(t.Context(), sim.Config{Nodes: 300, Seed: 1}, false); err != nil || world.Size() != 300 {
		t.Errorf("got %v, %v", world, err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
