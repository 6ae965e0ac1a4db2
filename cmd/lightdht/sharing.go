package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/member"
	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/dht/share/transfer"
)

// sharingFlags are those of the commands that put files into the DHT and get them.
type sharingFlags struct {
	realFlags
	memberFlags
	quiet bool
}

func (f *sharingFlags) register(flags *pflag.FlagSet) {
	flags.SetInterspersed(true)
	f.realFlags.register(flags)
	f.memberFlags.register(flags)
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "say nothing but errors on stderr")
	for _, s := range settingFlags { // with an error that explains
		flags.Func(s.name, "", func(string) error {
			return errors.New("what a simulated network keeps is gone with it; use --join, or --live, which is the default")
		})
		flags.Lookup(s.name).Hidden = true
	}
}

// enterReal joins a real network: the public DHT, unless the flags name another.
func (h *host) enterReal(ctx context.Context, f *realFlags, m *memberFlags, quiet bool) (*member.Member, error) {
	if !f.live && len(f.join) == 0 {
		f.live = true
		h.say(quiet, "joining the public DHT; for another network there is --join")
	}
	p, err := h.become(ctx, f, m, &journal{host: h, quiet: quiet})
	if err != nil {
		return nil, err
	}
	if err := p.Join(ctx, false); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// visiting are the flags of a read-only node (BEP 43). A node that stays for seconds
// should be one: in the tables of others it would cost them timeouts for long.
func (f memberFlags) visiting() *memberFlags {
	f.readOnly = true
	return &f
}

// progressBar shows on a terminal how a transfer goes, until end is called.
func (h *host) progressBar(what string, quiet bool) (show transfer.Progress, end func()) {
	if !h.terminal || quiet {
		return nil, func() {}
	}
	bar := &progress{out: h.errout, what: what, now: h.now}
	return func(done, all int) { bar.show(done, all, fmt.Sprintf(", %d of %d pieces", done, all)) }, bar.clear
}

// plainShare is an error of package share without its name.
func plainShare(err error) error {
	if e, ok := errors.AsType[*share.Error](err); ok {
		return errors.New(e.Problem)
	}
	return err
}
