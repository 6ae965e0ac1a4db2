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
)

// What does not end by itself is ended a little later, unless it takes its time.
func TestEndLate(t *testing.T) {
	for _, takesTime := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var errout strings.Builder
			var ended atomic.Int32 // with this code
			h := &host{streams: streams{errout: &errout}, exit: func(code int) { ended.Store(int32(code)) }}
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

// Ctrl-C interrupts the reading of a script that is typed.
func TestInterruptTheTypist(t *testing.T) {
	in, typing := io.Pipe()
	defer typing.Close()
	h := &host{streams: streams{in: in}}
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

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
