package member

import (
	"context"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/udp"
)

// loopback is a configuration for the loopback interface, to join through some nodes.
func loopback(t *testing.T, through ...*udp.Host) Config {
	cfg := Config{
		Way:     entry.Way{Listen: entry.AddressesOf(netip.MustParseAddrPort("127.0.0.1:0"))},
		Reading: func(int) {}, Warn: func(text string) { t.Errorf("it warns: %s", text) },
	}
	for _, node := range through {
		cfg.Way.Join = append(cfg.Way.Join, node.Addr().String())
	}
	return cfg
}

func open(t *testing.T, cfg Config) *Member {
	t.Helper()
	m, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A member comes back under its id and through the nodes it knew, although nobody is named to join
// through.
func TestReturn(t *testing.T) {
	other := open(t, loopback(t))
	defer other.Close()
	if err := other.Join(t.Context(), false); err != nil {
		t.Errorf("with nobody to join through: %v", err)
	}
	cfg := loopback(t, other.Node())
	cfg.State = filepath.Join(t.TempDir(), "me.jsonl")
	var ids [2]krpc.ID
	for i := range ids {
		m := open(t, cfg)
		if m.Restored() != i {
			t.Errorf("run %d knows %d nodes from the last time", i, m.Restored())
		}
		if err := m.Join(t.Context(), false); err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
		m.Node().Do(func(_ dht.Time, n *dht.Node) { ids[i] = n.ID() })
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		cfg.Way.Join = nil
	}
	if ids[0] != ids[1] || ids[0].IsZero() {
		t.Errorf("the ids are %v and %v", ids[0], ids[1])
	}
}

// Only one member has a state at a time, and one that cannot be opened leaves it to others.
func TestStateIsHeld(t *testing.T) {
	cfg := loopback(t)
	cfg.State = filepath.Join(t.TempDir(), "me.jsonl")
	m := open(t, cfg)
	if _, err := Open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "is in use by another process") {
		t.Errorf("a second one: %v", err)
	}
	taken := cfg
	taken.State += "2"
	taken.Way.Listen = entry.AddressesOf(m.Node().Addr())
	for range 2 {
		if _, err := Open(t.Context(), taken); err == nil || !strings.Contains(err.Error(), "is in use by another program") {
			t.Errorf("at an address that is taken: %v", err)
		}
	}
	closing := false
	m.cfg.Closing = func() { closing = true }
	if err := m.Close(); err != nil || !closing {
		t.Errorf("closing told %v, %v", closing, err)
	}
	open(t, cfg).Close()
}

// A node that is to stay goes on trying until its context ends, and says what it waits for.
func TestJoinUntilTheEnd(t *testing.T) {
	gone := open(t, loopback(t))
	cfg := loopback(t, gone.Node())
	gone.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var told atomic.Pointer[string]
	cfg.Warn = func(text string) {
		told.Store(&text)
		cancel()
	}
	m := open(t, cfg)
	defer m.Close()
	if err := m.Join(ctx, true); err != context.Canceled {
		t.Errorf("the error is %v", err)
	}
	want := "no answer yet from " + gone.Node().Addr().String() + "; asking again until there is one"
	if got := told.Load(); got == nil || *got != want {
		t.Errorf("it did not say %q", want)
	}
}

// That the nodes of a large table are asked takes seconds, and that is told.
func TestLargeStateIsTold(t *testing.T) {
	for count, want := range map[int]string{
		9_999:  "",
		10_000: "knows 10000 nodes from the last time (--state); asking which of them are still there, for 15s at most",
	} {
		m := &Member{restored: count}
		if got := m.Returning(); got != want {
			t.Errorf("%d nodes: %q, want %q", count, got, want)
		}
	}
}
