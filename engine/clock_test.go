package engine

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Both clocks fire the same timers in the same order at the same times.
func TestClocks(t *testing.T) {
	check := func(t *testing.T, c Clock) {
		var fired []string
		note := func(name string) func() {
			return func() { fired = append(fired, fmt.Sprint(name, c.Now())) }
		}
		wake := make(chan struct{}, 1)
		c.AfterFunc(2*time.Second, note("c"))
		c.AfterFunc(time.Second, note("a"))
		c.AfterFunc(time.Second, note("b"))
		stop := c.AfterFunc(time.Second, note("never"))
		c.AfterFunc(-5, func() { c.AfterFunc(math.MaxInt64, note("end of time")) })
		stop()
		stop()
		for range 4 {
			if !c.Step(wake) {
				t.Fatal("nothing more to come")
			}
		}
		if len(fired) > 3 {
			t.Error(fired)
		}
		wake <- struct{}{}
		now := c.Now()
		if !c.Step(wake) || c.Now() != now {
			t.Errorf("a wake-up did not end the step: %v, then %v", now, c.Now())
		}
		for range 4 {
			if len(fired) < 3 {
				c.Step(wake)
			}
		}
		if got, want := strings.Join(fired, " "), "a1s b1s c2s"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	t.Run("virtual", func(t *testing.T) { check(t, NewVirtual()) })
	t.Run("wall", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { check(t, NewWall()) })
	})
	if NewVirtual().Step(nil) {
		t.Error("a virtual clock without timers went on")
	}
}

// On the wall clock, tasks that are always ready do not keep timers from firing.
func TestBusyTasksLeaveTime(t *testing.T) {
	e, out := newEngine(t, Options{Modules: []Module{instant}})
	defer e.Close()
	_, err := e.Run(t.Context(), "s.lua", `
		local over = false
		spawn(function() sleep(0.001) over = true end)
		while not over do instant() end
		print("over")`)
	if err != nil || out.String() != "over\n" {
		t.Errorf("%v, %q", err, out)
	}
}
