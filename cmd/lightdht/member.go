package main

import (
	"context"

	"github.com/lightdht/lightdht/dht/member"
)

// memberConfig says which node the flags ask for on a real network. j is told what takes
// long, and what goes wrong meanwhile.
func (h *host) memberConfig(f *realFlags, m *memberFlags, j *journal) (member.Config, error) {
	id, way, err := f.own()
	cfg := member.Config{
		Way: way, Node: m.node(f.live), State: m.state,
		Lookup: h.lookup, Reading: j.reading(), Warn: j.warn, Closing: h.takeTime,
	}
	cfg.Node.ID, cfg.Node.KeepID = id, f.id != ""
	return cfg, err
}

// become makes the node that the flags ask for on a real network, which it joins later.
func (h *host) become(ctx context.Context, f *realFlags, m *memberFlags, j *journal) (*member.Member, error) {
	cfg, err := h.memberConfig(f, m, j)
	if err != nil {
		return nil, err
	}
	p, err := member.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if text := p.Returning(); text != "" {
		j.note(text, "returning", "nodes", p.Restored())
	}
	return p, nil
}
