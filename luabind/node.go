package luabind

import (
	"fmt"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
)

// newNode makes the handle of a node. gone is called when the script closes it.
func (b *Bindings) newNode(loop Loop, gone func()) *node {
	n := &node{b: b, loop: loop, gone: gone}
	loop.Do(func(now dht.Time, _ *dht.Node) { n.zero = now.Add(b.skipped(now) - b.engine.Now()) })
	return n
}

// seconds is a time of the node in the time of task.now().
func (n *node) seconds(t dht.Time) lua.LNumber { return secondsValue(t.Sub(n.zero) + n.b.skipped(t)) }

// skipped is how much time a simulated world has skipped before t.
func (b *Bindings) skipped(t dht.Time) time.Duration {
	if b.options.Network.World == nil {
		return 0
	}
	return b.options.Network.World.Skipped(t)
}

// errNodeClosed is the error of calls in progress when their node is closed.
var errNodeClosed = fmt.Errorf("the node was closed: %w", dht.ErrStopped)

// lend calls f alone with the node that is asked. f must copy what it keeps.
func (c *call) lend(f func(now dht.Time, n *dht.Node)) {
	if c.node.closed {
		c.misuse("this node is closed")
	}
	c.node.loop.Do(f)
}

// tell may be called from any goroutine. It runs f on the baton and wakes the waiting
// task, unless the call is over.
func (r *pendingCall) tell(f func()) {
	r.engine.Post(func() {
		if !r.over {
			f()
			r.wait.Wake()
		}
	})
}

// finish is tell, and ends the call.
func (r *pendingCall) finish(f func()) {
	r.tell(func() {
		f()
		r.over = true
	})
}

// end gives up the call with an error.
func (r *pendingCall) end(err error) {
	r.over, r.err = true, err
	r.wait.Wake()
}

// run calls begin with the node that is asked, and blocks until finish is called. what
// names the call. look, unless nil, is called after each tell. If the task is cancelled,
// or look raises an error, the function that begin returned stops the work.
func (c *call) run(what string, look func(), begin func(now dht.Time, n *dht.Node, r *pendingCall) (stop func())) error {
	r := &pendingCall{engine: c.b.engine}
	c.lend(func(now dht.Time, n *dht.Node) { r.stop = begin(now, n, r) })
	c.node.pending = append(c.node.pending, r)
	defer c.node.settle(r) // also when the task is killed
	for !r.over {
		r.wait = c.b.engine.Begin(what)
		if err := c.park(r.wait); err != nil {
			return err
		}
		if look != nil {
			look()
		}
	}
	return r.err
}

// settle forgets a pending call, and stops it if it is not over.
func (n *node) settle(r *pendingCall) {
	n.pending = slices.DeleteFunc(n.pending, func(o *pendingCall) bool { return o == r })
	if !r.over || r.err != nil {
		r.over = true
		n.loop.Do(func(dht.Time, *dht.Node) { r.stop() })
	}
}

// called names the call when the run is interrupted: "dht.get_peers".
func (c *call) called() string {
	if c.node == c.b.own {
		return "dht." + c.def.Name
	}
	return c.def.Name + " of node " + c.node.loop.Addr().String()
}
