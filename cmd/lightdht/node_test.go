package main

import (
	"bytes"
	"context"
	"net/netip"
	"testing"
	"time"
)

// A node that is told to end while names are looked up has not failed.
func TestNodeEndsEarly(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var errout bytes.Buffer
	h := &host{streams: streams{errout: &errout}, now: time.Now, lookup: func(ctx context.Context, _, _ string) ([]netip.Addr, error) { return nil, ctx.Err() }}
	o := &nodeOptions{logFormat: "text"}
	o.live = true
	if code := h.node(ctx, o); code != exitDone || errout.String() != "ended while the hosts to join through were looked up\n" {
		t.Errorf("exit code %d, %q", code, errout.String())
	}
}
