package main

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/udp"
)

// loneNode is a node on the loopback interface.
func loneNode(t *testing.T) *udp.Host {
	t.Helper()
	node, err := entry.AddressesOf(netip.MustParseAddrPort("127.0.0.1:0")).Bind(dht.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node.Close() })
	return node
}

func TestDoctorInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out strings.Builder
	h := &host{streams: streams{out: &out, errout: &out}, now: time.Now, lookup: net.DefaultResolver.LookupNetIP}
	code := h.doctor(ctx, &doctorOptions{realFlags: realFlags{join: []string{"127.0.0.1:9"}}})
	if code != exitInterrupted || out.String() != "lightdht: interrupted\n" {
		t.Errorf("exit code %d, and it says %q", code, out.String())
	}
}

// Each finding is a line, and the last line says whether a lookup works.
func TestDoctor(t *testing.T) {
	var out, errout strings.Builder
	h := &host{streams: streams{out: &out, errout: &errout, terminal: true}, now: time.Now, lookup: net.DefaultResolver.LookupNetIP}
	h.args = []string{"doctor", "--join", loneNode(t).Addr().String(), "--wait", "10ms"}
	if code := h.run(t.Context()); code != exitDone || !strings.HasSuffix(out.String(), "\nA lookup works from here.\n") || !strings.HasPrefix(out.String(), "ok       bind      127.0.0.1:") {
		t.Errorf("exit code %d, and it says %q", code, out.String())
	}
	if errout.String() != "watching for 10ms ...\n" {
		t.Errorf("on stderr it says %q", errout.String())
	}
}
