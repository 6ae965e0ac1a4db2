package sim

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
)

func TestClocks(t *testing.T) {
	skew := Skew{Offset: 10 * time.Second, Drift: 200}
	c := newClocks(skew, 3, start)
	fast := 0
	for number := range uint32(1000) {
		offset, drift := c.of(number)
		if offset < -skew.Offset || offset > skew.Offset || drift < -200_000 || drift > 200_000 {
			t.Fatalf("clock %d is off by %v and drifts by %d", number, offset, drift)
		}
		if drift > 0 {
			fast++
		}
		day := 24 * time.Hour
		if at := c.read(number, start); at.Sub(start) != offset {
			t.Errorf("clock %d was set to %v, want %v", number, at, offset)
		}
		gained := c.read(number, start.Add(day)).Sub(start) - offset - day
		if want := time.Duration(drift) * 24 * 3600; gained < want-1 || gained > want+1 {
			t.Errorf("clock %d gained %v in a day, want %v", number, gained, want)
		}
	}
	if fast < 430 || fast > 570 {
		t.Errorf("%d of 1000 clocks are fast", fast)
	}
	if offset, drift := c.of(maxMembers + 1); offset != 0 || drift != 0 {
		t.Error("the clock of a node of the caller's is wrong")
	}
}

// when must be the inverse of read, however wrong the clock.
func TestClocksBackwards(t *testing.T) {
	src := rand.NewPCG(1, 1)
	for _, skew := range []Skew{{Drift: 100_000}, {Offset: 10 * time.Hour, Drift: 50}, {Offset: time.Second}} {
		c := newClocks(skew, 5, start)
		for number := range uint32(2000) {
			shown := dht.Time(below(src, 100*365*24*time.Hour))
			at := c.when(number, shown)
			if back := c.read(number, at); back < shown || back > shown+2 {
				t.Fatalf("%+v: at %v clock %d shows %v, want %v", skew, at, number, back, shown)
			}
		}
	}
}

func TestNetworkWithWrongClocksWorks(t *testing.T) {
	w := world(t, Config{Nodes: 200, Skew: Skew{Offset: 2 * time.Minute, Drift: 500}})
	h := joined(t, w, dht.Config{})
	w.pass(40 * time.Minute)
	if got := recall(t, w, h, 20); got < 0.95 {
		t.Errorf("%.3f of the nearest are found", got)
	}
	lent, _ := w.Host(3)
	var shown dht.Time
	lent.Do(func(now dht.Time, _ *dht.Node) { shown = now })
	if off := shown.Sub(w.Now()); off == 0 || off > 122*time.Second || off < -122*time.Second {
		t.Errorf("a member's clock is off by %v", off)
	}
	for _, s := range []Skew{{Offset: 30 * time.Second, Drift: 20}, {}} { // clocks jump, and it goes on
		if err := w.SetSkew(s); err != nil || w.Skew() != s {
			t.Fatal(err)
		}
		w.pass(40 * time.Minute)
		if got := recall(t, w, h, 20); got < 0.9 {
			t.Errorf("%+v: %.3f of the nearest are found", s, got)
		}
	}
	if err := w.SetSkew(Skew{Drift: -1}); err == nil || err.Error() != "sim: skew: drift must be 0 to 100000 parts per million, got -1" {
		t.Error(err)
	}
}
