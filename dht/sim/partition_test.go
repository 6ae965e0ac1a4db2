package sim

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
)

// reaches reports whether a query gets through and its answer back.
func reaches(t testing.TB, w *World, h *Host, to netip.AddrPort) bool {
	t.Helper()
	_, err := ask(t, w, h, to)
	if err != nil && !errors.Is(err, dht.ErrTimeout) {
		t.Fatal(err)
	}
	return err == nil
}

func TestPartition(t *testing.T) {
	w := world(t, Config{Nodes: 100, Partition: 0.3})
	mine := joined(t, w, dht.Config{})
	cut := 0
	var across, within *Host
	for i, m := range w.All() {
		h, _ := w.Host(i)
		if w.CutOff(m.Addr) {
			cut++
			if across == nil {
				across = h
			} else if within == nil {
				within = h
			}
		}
	}
	if cut < 18 || cut > 42 {
		t.Errorf("%d of 100 are cut off, want 30", cut)
	}
	check := func(part string, want bool) {
		t.Helper()
		if got := reaches(t, w, mine, across.Addr()); got != want {
			t.Errorf("%s: reaching the other side is %v", part, got)
		}
		if got := reaches(t, w, across, mine.Addr()); got != want {
			t.Errorf("%s: reaching back is %v", part, got)
		}
		if !reaches(t, w, across, within.Addr()) {
			t.Errorf("%s: those on one side cannot reach each other", part)
		}
	}
	check("partition", false)
	s := w.Stats()
	if s.Cut == 0 {
		t.Errorf("nothing was cut: %+v", s)
	}
	w.Heal()
	check("healed", true)
	if got := w.Stats().Cut; got != s.Cut {
		t.Errorf("%d datagrams were cut after healing", got-s.Cut)
	}
	if err := w.PartitionOff([]netip.AddrPort{mine.Addr(), within.Addr()}); err != nil {
		t.Fatal(err)
	}
	if reaches(t, w, mine, across.Addr()) || reaches(t, w, across, within.Addr()) || !reaches(t, w, mine, within.Addr()) {
		t.Error("a list does not part the listed from the others, or parts them from each other")
	}
	nobody := netip.MustParseAddrPort("10.0.0.1:1")
	if err := w.PartitionOff([]netip.AddrPort{nobody}); err == nil || err.Error() != "sim: partition: there is no node at 10.0.0.1:1" {
		t.Error(err)
	}
	if err := w.Partition(-1); err == nil || err.Error() != "sim: partition is a probability, 0 to 1, got -1" {
		t.Error(err)
	}
	if err := w.Partition(0); err != nil || !reaches(t, w, mine, across.Addr()) {
		t.Error("a share of 0 does not heal")
	}
}

// After an hour apart both halves work on their own; healed, they become one
// again.
func TestNetworkRecoversFromAPartition(t *testing.T) {
	w := world(t, Config{Nodes: 300})
	h := joined(t, w, dht.Config{})
	if err := w.Partition(0.5); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Hour)
	if got := recall(t, w, h, 20); got > 0.65 {
		t.Errorf("of the nearest on both sides, %.2f are found from one", got)
	}
	w.Heal()
	w.pass(time.Hour)
	if got := recall(t, w, h, 20); got < 0.9 {
		t.Errorf("an hour after healing, %.2f of the nearest are found", got)
	}
}
