package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/dht/share/transfer"
	"github.com/lightdht/lightdht/luabind/experiment"
)

// Bounds of a script of somebody else, where flags do not say otherwise.
const (
	givenTimeout = 10 * time.Minute // for all of it, by the wall clock
	givenNodes   = 20_000           // members of the network that its header asks for
)

// runShared gets a script out of the DHT and runs it, once its user agrees.
func (h *host) runShared(ctx context.Context, o *runOptions, args []string) int {
	if _, err := share.ParseLink(args[0]); err != nil {
		return h.report(plainShare(err))
	}
	if !h.asks() && !o.yes {
		return h.nobodyToAsk("or get it with \"lightdht fetch\"")
	}
	o.fetches = true
	if _, err := o.onSockets(o.flags); err != nil && len(o.from) == 0 {
		return h.report(err)
	}
	if err := o.check(); err != nil {
		return h.report(err)
	}
	o.boundTime()
	where, m := realFlags{join: o.from, listen: o.listen, reachFlags: o.reachFlags}, o.memberFlags
	if len(o.from) == 0 {
		where.join, where.live, where.bootstrap = o.join, o.live, o.bootstrap
	}
	f, code := h.fetchInTime(ctx, o, &where, &m, args[0])
	if f == nil {
		return code
	}
	x, err := experiment.Received(f.Name, f.Data)
	if err == nil {
		err = x.Arguments(args[1:])
	}
	if err != nil {
		h.complain("%v: %v", f.Link, err)
		return exitFailed
	}
	return h.runGiven(ctx, o, &offer{script: x, name: f.Name, size: len(f.Data), link: &f.Link})
}

// fetchInTime is fetch, for no longer than --timeout. The rest of it is for
// the script; the time in which its user decides does not count.
func (h *host) fetchInTime(ctx context.Context, o *runOptions, f *realFlags, m *memberFlags, link string) (*transfer.File, int) {
	began := h.now()
	ctx, over := h.limitTime(ctx, o)
	defer over()
	defer func() { o.spent = h.now().Sub(began) }()
	return h.fetch(ctx, f, m, link, o.quiet)
}

// offer is a script of somebody else that may be run.
type offer struct {
	script *experiment.Experiment
	name   string      // what its author calls it
	size   int         // bytes
	link   *share.Link // that it was got through; nil: it is a file
}

// offered is a script that was read from a file.
func offered(x *experiment.Experiment) *offer {
	f := &offer{script: x, name: filepath.Base(x.Path), size: x.Size}
	if x.Path == "" {
		f.name, f.size = x.Name, len(x.Source)
	}
	return f
}

// key is the same for all versions of a script.
func (f *offer) key() string {
	if f.link != nil && f.link.Name != "" {
		return fmt.Sprintf("%x/%s", f.link.Key, f.link.Name)
	}
	return f.name
}

// runGiven runs what somebody else has made, once its user agrees. An archive is run without a
// question where there is nobody to ask.
func (h *host) runGiven(ctx context.Context, o *runOptions, f *offer) int {
	o.boundTime()
	if err := o.boundNodes(f.script); err != nil {
		return h.report(err)
	}
	if !o.yes && h.asks() {
		switch yes, err := h.consent(ctx, o, f); {
		case err != nil:
			h.complain("interrupted")
			return exitInterrupted
		case !yes && f.link != nil:
			h.complain("not run; \"lightdht fetch %v\" gets it to look at", f.link)
			return exitFailed
		case !yes:
			h.complain("not run")
			return exitFailed
		}
	} else if !o.yes && (o.untrusted || f.link != nil) {
		return h.nobodyToAsk("or run it on a terminal")
	}
	h.remember(o, f)
	return h.runScript(ctx, o, f.script)
}

// boundTime limits the time of a stranger's script, unless the flags do.
func (o *runOptions) boundTime() {
	if !o.flags.Changed("timeout") {
		o.timeout, o.usual = givenTimeout, true
	}
}

// boundNodes refuses a network that is too large for a stranger's script, unless the flags ask for
// it.
func (o *runOptions) boundNodes(x *experiment.Experiment) error {
	if sockets, err := o.onSockets(o.flags); err != nil || sockets || o.spec.Has("nodes") {
		return err
	}
	return x.CheckNodes(cmp.Or(o.mostNodes, givenNodes))
}
