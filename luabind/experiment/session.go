package experiment

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind"
)

// Session is an engine on a network, for what is run by hand. Its creator closes it.
type Session struct {
	Network  *Network
	Engine   *engine.Engine
	Bindings *luabind.Bindings
}

// Start opens the network of the options and an engine on it, for a program that runs chunks
// itself, as a console does. Of the options those that are of a single run have no meaning:
// Timeout, Rows, Out, RunDir, Sinks, Keep, Reserve, Stuck. The script is not run; its name, folder,
// arguments and header count. A real network is still to be joined, by [Network.Join].
func (x *Experiment) Start(ctx context.Context, o Options) (*Session, error) {
	o = o.settled()
	engine.FitArrays(o.Limits.Memory)
	excused := o.excuse()
	open := o.bind
	if o.Real == nil {
		open = func(ctx context.Context) (*Network, error) { return o.simulate(ctx, x.Header) }
	}
	net, err := open(ctx)
	if err != nil {
		return nil, err
	}
	f, err := x.folders(&o)
	if err != nil {
		return nil, errors.Join(err, net.Close())
	}
	s, err := x.session(&o, net, f, engine.Options{Excused: excused}, nil)
	if err != nil {
		return nil, errors.Join(err, net.Close())
	}
	return s, nil
}

// Close ends the engine, then the network.
func (s *Session) Close() error { return errors.Join(s.Engine.Close(), s.Network.Close()) }

// scriptLog is the standard error output of a script, for its log: what it writes counts as output.
type scriptLog struct{ session *Session }

// Write writes to the script's error output.
func (w scriptLog) Write(b []byte) (int, error) { return w.session.Engine.Stderr().Write(b) }

// session makes an engine for x on a network. Of e only OnStuck and Excused are set.
func (x *Experiment) session(o *Options, net *Network, f *folders, e engine.Options, records *record.Results) (*Session, error) {
	s := &Session{Network: net}
	network := limitNodes(net.Lua, o.Limits.Nodes, func(limit, text string) { s.Engine.Exceed(limit, text) })
	s.Bindings = luabind.New(luabind.Options{Network: network, Params: x.Params, Results: records})
	e.Clock, e.Random, e.StartTime = net.clock, net.random, net.start
	e.Stdin, e.Stdout, e.Stderr, e.Args = o.Stdin, o.Stdout, o.Stderr, x.Args
	e.ScriptDir, e.Library, e.Modules, e.Grants = f.dir, f.library, s.Bindings.Modules(), o.grants(f)
	e.Log = o.log(scriptLog{s})
	o.limit(&e, net)
	var err error
	if s.Engine, err = engine.New(e); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(o.Values)) {
		if err := s.Engine.Set(name, o.Values[name]); err != nil {
			return nil, errors.Join(fmt.Errorf("the value %q: %w", name, err), s.Engine.Close())
		}
	}
	return s, nil
}
