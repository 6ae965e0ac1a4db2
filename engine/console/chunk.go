package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
)

// chunkName is the name of typed chunks in positions.
const chunkName = "console"

// chunk is a chunk of Lua to run.
type chunk struct {
	name   string
	source string
	run    func(L *lua.LState) int // instead of source
	timed  bool
}

// job is a chunk that was submitted.
type job struct {
	chunk
	task    atomic.Pointer[engine.Task] // nil before it has begun
	dropped atomic.Bool                 // it is not to begin
	ended   chan result

	expression bool       // the rest belongs to the baton until ended brings the result
	raised     lua.LValue // what ended it
	title      string
	wall       time.Time
	virtual    time.Duration
	result     result
	where      engine.Waiting
	background bool
}

// result is how a chunk ended.
type result struct {
	text   string // its values, for a person
	scalar bool   // the first of them is one that print shows as well
	time   string
	err    error
	raised string         // a table without a text, on one line
	where  engine.Waiting // when it was interrupted
}

// habits are words that leave other consoles, or ask for help there.
var habits = map[string]string{
	"exit": "to leave: :quit or Ctrl-D",
	"quit": "to leave: :quit or Ctrl-D",
	"help": ":help lists what there is",
}

// eval runs a chunk that a person waits for, and keeps it for :save.
func (c *Console) eval(ctx context.Context, source string) {
	name := strings.TrimSuffix(source, "()")
	if advice := habits[name]; advice != "" && !c.knows(name) {
		fmt.Fprintln(c.screen.Out(), c.paint.text(faint, advice))
		return
	}
	c.finish(ctx, c.start(chunk{name: chunkName, source: source}))
}

// knows reports whether a variable has been declared or set.
func (c *Console) knows(name string) (known bool) {
	c.onBaton(func() {
		_, known = c.scope.Get(name)
		known = known || c.engine.Global(name) != lua.LNil
	})
	return known
}

func newJob(what chunk) *job {
	return &job{chunk: what, ended: make(chan result, 1), title: strings.Join(strings.Fields(what.source), " ")}
}

// start submits a chunk.
func (c *Console) start(what chunk) *job {
	j := newJob(what)
	c.engine.Post(func() {
		if j.dropped.Load() {
			j.ended <- result{err: engine.ErrCancelled}
			return
		}
		if err := c.begin(j); err != nil {
			j.ended <- result{err: err}
		}
	})
	return j
}

// begin starts the task of a job, on the baton.
func (c *Console) begin(j *job) error {
	run := j.run
	if run == nil {
		fn, isExpression, err := c.scope.Load(j.name, j.source)
		if err != nil {
			return err
		}
		j.expression = isExpression
		c.announce(j)
		run = func(L *lua.LState) int {
			L.Push(fn)
			L.Call(0, lua.MultRet)
			return L.GetTop()
		}
	}
	j.wall, j.virtual = time.Now(), c.engine.Now()
	task := c.engine.Start(j.title, c.engine.Function(func(L *lua.LState) int {
		defer j.look()
		run(L)
		c.settle(L, j)
		return 0
	}), func(_ []lua.LValue, err error) { c.over(j, err) })
	if j.background {
		c.detach(j, task)
	}
	j.task.Store(task)
	return nil
}

// announce tells the host of a chunk, and shows the host's answer to the person.
func (c *Console) announce(j *job) {
	if c.o.Before == nil {
		return
	}
	path := j.name
	if path == chunkName {
		path = ""
	}
	if news := c.o.Before(path, j.source); news != "" {
		fmt.Fprintln(c.screen.Out(), c.paint.text(faint, printable(news)))
	}
}

// look keeps the value that is raised on its way out of a chunk: of a table without a text the
// engine says only that it is a table.
func (j *job) look() {
	r := recover()
	if r == nil {
		return
	}
	if api, ok := r.(*lua.ApiError); ok {
		j.raised = api.Object
	}
	panic(r)
}

// settle shows the values that a chunk has left on its stack. It is a part of the chunk, because a
// value may have a __tostring.
func (c *Console) settle(L *lua.LState, j *job) {
	if j.timed {
		wall, virtual := time.Since(j.wall), c.engine.Now()-j.virtual
		j.result.time = fmt.Sprintf("took %v", wall.Round(time.Microsecond))
		if c.o.Virtual {
			j.result.time += fmt.Sprintf("; for scripts it was %v", virtual.Round(time.Microsecond))
		}
	}
	var values []lua.LValue
	for i := 1; i <= L.GetTop(); i++ {
		values = append(values, L.Get(i))
	}
	if len(values) == 0 {
		return
	}
	if values[0] != lua.LNil {
		c.engine.SetGlobal("_", values[0])
	}
	switch values[0].(type) {
	case lua.LString, lua.LNumber, lua.LBool:
		j.result.scalar = true
	}
	width, _ := c.screen.size()
	s := &shower{engine: c.engine, L: L, width: width, paint: c.paint}
	j.result.text = s.show(values)
	if len(values) == 1 && values[0].Type() == lua.LTFunction {
		j.result.text = cmp.Or(c.signature(strings.TrimSpace(j.source)), j.result.text)
	}
}

// over reports how a job ended: to the goroutine that waits for it or, for one in the background,
// to the person.
func (c *Console) over(j *job, err error) {
	j.result.err, j.result.where = err, j.where
	if t, ok := j.raised.(*lua.LTable); ok && err != nil {
		width, _ := c.screen.size()
		j.result.raised = (&shower{engine: c.engine, width: width, still: true}).thrown(t)
	}
	c.refresh()
	if err == nil && strings.TrimSpace(j.source) != "" {
		c.remember(j)
	}
	task := j.task.Load()
	delete(c.jobs, task)
	if task == nil || !j.background {
		j.ended <- j.result
		return
	}
	label := c.paint.text(faint, fmt.Sprintf("[%d] ", task.Info().Number))
	switch {
	case errors.Is(err, engine.ErrCancelled):
		fmt.Fprintln(c.screen.Out(), label+c.paint.text(faint, c.reason(j, j.result)))
	case err != nil:
		fmt.Fprintln(c.screen.Out(), label+c.paint.text(red, "error: ")+printable(c.reason(j, j.result)))
	case j.result.text != "":
		fmt.Fprintln(c.screen.Out(), label+j.result.text)
	default:
		fmt.Fprintln(c.screen.Out(), label+c.paint.text(faint, "done"))
	}
}

// remember keeps a chunk for :save. Of a file that is loaded again only the last time counts: as a
// rule it has been changed in between, and a script has one header.
func (c *Console) remember(j *job) {
	l := logged{source: j.source, expression: j.expression, scalar: j.result.scalar, silent: j.result.text == ""}
	if j.name != chunkName {
		l.file = j.name
		c.log = slices.DeleteFunc(c.log, func(other logged) bool { return other.file == l.file })
	}
	c.log = append(c.log, l)
}

// detach puts a job into the background, on the baton.
func (c *Console) detach(j *job, task *engine.Task) {
	j.background = true
	task.Detach()
	c.jobs[task] = j.title
	fmt.Fprintln(c.screen.Out(), c.paint.text(faint, fmt.Sprintf("[%d] in the background: %s", task.Info().Number, printable(clip(j.title, 60)))))
}

// finish waits for a job, shows its result and returns its error. Ctrl-C ends the job, Ctrl-Z puts
// it into the background.
func (c *Console) finish(ctx context.Context, j *job) error {
	for {
		select {
		case r := <-j.ended:
			c.report(j, r)
			return r.err
		case <-c.interrupted:
			c.interrupt(j)
			if !c.person {
				c.code, c.leave = ExitInterrupted, true
			}
		case <-c.suspended:
			if c.suspend(j) {
				return nil
			}
		case <-c.ended:
			c.leave = true
			return engine.ErrCancelled
		case <-ctx.Done():
			c.leave = true
			return ctx.Err()
		}
	}
}

// interrupt ends a job.
func (c *Console) interrupt(j *job) {
	j.dropped.Store(true)
	task := j.task.Load()
	if task != nil {
		c.engine.Post(func() { j.where = task.Info().Waiting })
	}
	c.engine.Interrupt(task)
}

// suspend puts a job into the background; false if it has ended before.
func (c *Console) suspend(j *job) bool {
	done := make(chan bool, 1)
	c.engine.Post(func() {
		task := j.task.Load()
		if task == nil || task.Status() != "waiting" && task.Status() != "running" {
			done <- false
			return
		}
		fmt.Fprintln(c.screen.Out())
		c.detach(j, task)
		done <- true
	})
	select {
	case ok := <-done:
		return ok
	case r := <-j.ended:
		j.ended <- r
		return false
	case s := <-c.interrupted: // it is busy and keeps the baton
		c.interrupted <- s
		return false
	}
}

// report shows how a job ended.
func (c *Console) report(j *job, r result) {
	if r.err == nil {
		if r.text != "" {
			c.screen.freshLine()
			fmt.Fprintln(c.screen.Out(), r.text)
		}
		if r.time != "" {
			fmt.Fprintln(c.screen.Out(), c.paint.text(faint, r.time))
		}
		return
	}
	c.trace = ""
	if e, ok := errors.AsType[*engine.ScriptError](r.err); ok {
		c.trace = e.Traceback
	}
	if c.person && errors.Is(r.err, engine.ErrCancelled) {
		fmt.Fprintln(c.screen.Out())
	}
	c.complain(c.reason(j, r))
	c.failed()
}

// failed notes an error.
func (c *Console) failed() {
	if c.o.Strict && c.code == ExitDone {
		c.code, c.leave = ExitFailed, true
	}
}

// reason is an error on one line. The position is left out if there is only one possible.
func (c *Console) reason(j *job, r result) string {
	err := r.err
	if errors.Is(err, engine.ErrCancelled) {
		text := "interrupted"
		if r.where.What != "" {
			text += ", waiting for " + r.where.What
		}
		return text
	}
	e, ok := errors.AsType[*engine.ScriptError](err)
	if !ok {
		return err.Error()
	}
	message, _, more := strings.Cut(cmp.Or(r.raised, e.Message), "\n")
	if more {
		message += " …"
	}
	if e.Position == "" || e.Position == chunkName+":1" && !strings.Contains(j.source, "\n") {
		return message
	}
	if line, ok := strings.CutPrefix(e.Position, chunkName+":"); ok {
		return "line " + line + ": " + message
	}
	return e.Position + ": " + message
}

// clip shortens a text.
func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
