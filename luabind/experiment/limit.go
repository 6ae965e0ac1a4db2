package experiment

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind"
)

// limit puts the limits into the options of an engine.
func (o *Options) limit(e *engine.Options, net *Network) {
	l := &o.Limits
	e.MaxMemory, e.HostMemory = l.Memory, net.growth()
	if e.MaxMemory > 0 { // which is of the whole process
		e.MaxMemory += o.beside
	}
	e.MaxBusy, e.MaxInstructions = l.Busy, l.Instructions
	e.MaxTasks, e.MaxOutput = l.Tasks, l.Output
}

// mayTake is what the script and its world may come to take, in bytes; 0 if nothing bounds it.
func (o *Options) mayTake(n *Network) int64 {
	if o.Limits.Memory == 0 {
		return 0
	}
	return o.Limits.Memory + o.beside + 2*n.growth()
}

// limitNodes bounds how many nodes a script may have open. exceed is called for the one that is too
// many.
func limitNodes(n luabind.Network, most int, exceed func(limit, text string)) luabind.Network {
	open, left := n.Open, most
	if open == nil || left == 0 {
		return n
	}
	n.Open = func(cfg dht.Config) (luabind.Loop, error) {
		if left == 0 {
			exceed("nodes", fmt.Sprintf("%d open nodes", most))
		}
		l, err := open(cfg)
		if err != nil {
			return nil, err
		}
		left--
		return &counted{Loop: l, closed: func() { left++ }}, nil
	}
	return n
}

// counted is a node that counts while it is open. The script's task that closes it holds the baton.
type counted struct {
	luabind.Loop
	closed func()
}

// Close ends the node.
func (c *counted) Close() error {
	if c.closed != nil {
		c.closed()
		c.closed = nil
	}
	return c.Loop.Close()
}

// pipe is a writer that tells whether its reader keeps somebody waiting.
type pipe struct {
	io.Writer
	writing *atomic.Int32
}

// Write passes b on.
func (p pipe) Write(b []byte) (int, error) {
	p.writing.Add(1)
	defer p.writing.Add(-1)
	return p.Writer.Write(b)
}

// excuse has the streams tell when they keep the script waiting: one that waits for a reader, such
// as a pager that a person reads in, does not compute without end.
func (o *Options) excuse() (excused func() bool) {
	writing := new(atomic.Int32)
	o.Stdout, o.Stderr = pipe{o.Stdout, writing}, pipe{o.Stderr, writing}
	return func() bool { return writing.Load() > 0 }
}
