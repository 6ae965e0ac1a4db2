package main

import (
	"context"

	"github.com/lightdht/lightdht/dht/member"
)

// become makes the node that the flags ask for on a real network, which it joins later.
// j is told what takes long, and what goes wrong meanwhile.
func (h *host) become(ctx context.Context, f *realFlags, m *memberFlags, j *journal) (*member.Member, error) {
	id, way, err := f.own()
	if err != nil {
		return nil, err
	}
	cfg := member.Config{
		Way: way, Node: m.node(f.live), State: m.state,
		Lookup: h.lookup, Reading: j.reading(), Warn: j.warn, Closing: h.takeTime,
	}
	cfg.Node.ID, cfg.Node.KeepID = id, f.id != ""
	p, err := member.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if text := p.Returning(); text != "" {
		j.note(text, "returning", "nodes", p.Restored())
	}
	return p, nil
}
