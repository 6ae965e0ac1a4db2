package luabind

import (
	"errors"
	"fmt"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/declare"
	"github.com/lightdht/lightdht/luabind/network"
)

// The declarations of this package: their functions are called with a *call.
type (
	function = declare.Function[*call]
	field    = declare.Field[*call]
	module   = declare.Module[*call]
	class    = declare.Class[*call]

	option      = declare.Option
	optionTable = declare.OptionTable
)

// args declares arguments or results.
func args(list string, tables ...*optionTable) []declare.Arg { return declare.Args(list, tables...) }

// callWork is the cost of any call, in instructions.
const callWork = 50

// Options are what one run offers to its script.
type Options struct {
	Network Network         // what the run is on; the zero value is no network
	Params  []network.Param // parameters of the experiment as the command line sets them, in order; the last of a name counts
	Results *record.Results // where record{...} goes; nil: calling it is an error
}

// Bindings are the modules of one run and their state. Like every Lua
// value they belong to the holder of the engine's baton; its exported methods
// are for before and after the run.
type Bindings struct {
	options Options
	engine  *engine.Engine         // set when the first module is opened
	lua     *lua.LState            // owns the globals; only to make values with
	text    *lua.LFunction         // the script's tostring
	own     *node                  // the run's own node; nil without a network
	opened  []*node                // by the script, to be closed at the end
	driven  map[int]*lua.LUserData // handles of members of the population, by index
	began   sim.Stats              // of a simulated world when the run began

	classes map[*class]*lua.LTable
	header  *network.Header // what experiment{...} said
	reader  *reader         // not nil while only the header is wanted
	null    lua.LValue      // json.null
	marked  *lua.LTable     // the metatable of json.object; nil until it is needed
	passed  int             // checks
	failed  int
}

// call is one call of a function by a script. Its arguments are read by the names
// that the function declares. A method that checks an argument raises a Lua error at
// the caller's line if the argument is wrong, and so does not return.
type call struct {
	declare.Arguments
	b    *Bindings
	def  *function
	node *node // the node that is asked: for dht.f the run's own, for n:f that one
	self any   // the receiver of a method
}

// call starts a call, at node n if that is not nil.
func (b *Bindings) call(L *lua.LState, n *node) *call {
	return &call{Arguments: declare.Arguments{L: L, Raise: b.raise}, b: b, node: n}
}

// begin starts a function: it ties the arguments to their declaration, counts the work,
// and forgets earlier failures.
func (c *call) begin(def *function, sig *declare.Signature) {
	c.def, c.Of = def, sig
	if c.b.engine == nil {
		return
	}
	c.b.engine.Work(callWork + def.Work)
	if def.Fails {
		c.b.engine.Begun(c.L)
	}
}

// raise raises a message at the line of the script that runs.
func (b *Bindings) raise(L *lua.LState, message string) {
	if b.engine != nil { // else the caller is not a script
		if at := b.engine.Position(L, 1); at != "" {
			message = at + ": " + message
		}
	}
	L.Error(lua.LString(message), 0)
}

// misuse raises a Lua error at the line of the script that made the call.
func (c *call) misuse(format string, args ...any) { c.b.raise(c.L, fmt.Sprintf(format, args...)) }

// give returns values to the script.
func (c *call) give(values ...lua.LValue) int {
	for _, v := range values {
		c.L.Push(v)
	}
	return len(values)
}

// park blocks until wait is woken; the error is [engine.ErrCancelled] if the
// task was cancelled instead.
func (c *call) park(wait engine.Wait) error { return c.b.engine.Park(c.L, wait) }

// node is one node that a script can ask: the run's own, one that it opened, or
// a member of a simulated population.
type node struct {
	b      *Bindings
	loop   Loop
	zero   dht.Time // the time of the node when task.now() is 0, without the time skipped since
	closed bool
	gone   func() // called when the script closes it

	renamed func(id krpc.ID) // sets the new id in the script's table, on the baton; nil: the field is read each time

	table   *lua.LUserData // its table, made when first asked for
	rpc     *lua.LTable    // its rpc functions, made when first asked for
	changes int            // how often the script has added to the table or removed from it
	events  events
	pending []*pendingCall // in progress
}

// pendingCall is a call of a task that waits for a node.
type pendingCall struct {
	engine *engine.Engine
	wait   engine.Wait
	stop   func()
	over   bool
	err    error
}

// events are the subscriptions of a script to one node.
type events struct {
	subscriptions []*subscription // in the order of dht.on
	deciding      atomic.Int32    // queries that handlers are deciding on
	missed        atomic.Uint64   // queries that got the built-in answer because too many waited for handlers
	dropped       atomic.Uint64   // events that were not delivered
}

// subscription is one dht.on.
type subscription struct {
	node    *node
	event   string
	handler *lua.LFunction
	release func() // of the engine's hold
	off     bool
	failed  bool // an error in the handler was reported

	unread atomic.Int32
	queue  []happening
	busy   bool // a task works on the queue
}

// happening makes the Lua value of an event, on the baton.
type happening func(L *lua.LState) lua.LValue

// ErrNotFirst says that a header cannot be read, because the script does something else
// before it: reading the header would mean running the script.
var ErrNotFirst = errors.New("experiment must be the first thing a script does")

// reader is the state of the bindings while a header is being read.
type reader struct {
	stop    func()              // ends the script
	header  *network.Header     // as soon as it was found
	offence *engine.ScriptError // what came before it
}

// refuse raises that something must not come before a header. It does nothing unless a
// header is being read: r may be nil.
func (r *reader) refuse(c *call, what string) {
	if r == nil {
		return
	}
	message := what + " comes before experiment{...}: " + ErrNotFirst.Error()
	if r.header == nil && r.offence == nil {
		r.offence = &engine.ScriptError{Position: c.b.engine.Position(c.L, 1), Message: message, Cause: ErrNotFirst}
	}
	c.misuse("%s", message)
}
