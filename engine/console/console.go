// Package console lets a person run Lua chunk by chunk on an engine: it reads, evaluates, prints.
//
// A chunk is run as a task of its own. While it runs, Ctrl-C ends it and nothing else, and Ctrl-Z
// puts it into the background; tasks in the background go on while the next line is typed, and what
// they write appears above it. Local variables at the top level of a chunk survive to the next, see
// [engine.Scope]; _ is the last value that was shown. Lines that begin with a colon are for the
// console itself.
//
// On a terminal there is a line editor with history and completion, which runs no code of a script.
// From a pipe, chunks are read and their values printed, without prompt and colour; at its end the
// console waits for the tasks that the chunks have spawned, as a script would.
//
// The files form layers, from the lowest: bleach, outline, style, terminal; screen, show; ids,
// reader; history; console; save; chunk; command; complete, rows; editor.
package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine"
)

// Options are the engine of a console, and its appearance.
type Options struct {
	Engine *engine.Engine // must not run anything else; its Stdout and Stderr are those of Screen
	Screen *Screen

	App      string                      // names the folder of the history, and the prompt
	Greeting string                      // shown to a person at the start; a newline at the end is added
	Prompt   func() string               // the text of the prompt, as in "dht 2.5s"; called on the baton. nil: App
	Preamble func(session string) string // text before a session that is saved; nil: nothing
	Commands []Command                   // further ones
	Strict   bool                        // the first error ends the console

	// Virtual says that the engine has a virtual clock.
	Virtual bool
	// Before is told of a chunk that is going to be run, on the baton: the file it comes from, ""
	// if it was typed, and its text. It returns a line to show, or "". May be nil.
	Before func(path, source string) (news string)
	// Header reports whether a chunk, told as to Before, has what a script can have only once. May
	// be nil.
	Header func(path, source string) bool

	Help  func(name string, width int) (text string, ok bool) // the reference of a function; nil: no help
	Names func() []string                                     // names that Help knows, for completion; may be nil
	Near  func(name string) string                            // a name that Help knows and that is similar, or ""; may be nil
	Look  Looker                                              // into values of the host, for completion; may be nil
}

// Looker gives the completion information about values of the host. Its methods are called on the
// baton and must neither run code of a script nor block.
type Looker interface {
	// Members lists the fields and methods of a value that is not a table.
	Members(v lua.LValue) (fields, methods []string)
	// IDs lists some ids that begin with a prefix, at most limit of them.
	IDs(prefix string, limit int) []string
}

// Exit codes of Run.
const (
	ExitDone        = 0
	ExitFailed      = 1   // an error, when Strict
	ExitInterrupted = 130 // Ctrl-C, when there is no prompt
)

// Console is one session.
type Console struct {
	o      Options
	engine *engine.Engine
	screen *Screen
	scope  *engine.Scope
	reader reader
	paint  paint
	person bool // a person uses it at a terminal

	interrupted, suspended, ended chan os.Signal

	status  atomic.Pointer[string]  // the latest text of the prompt
	log     []logged                // chunks without an error; belongs to the baton
	trace   string                  // of the last error
	pressed bool                    // Ctrl-C at an empty prompt
	jobs    map[*engine.Task]string // in the background, by task; belongs to the baton
	code    int
	leave   bool
	stuck   bool // a read that could not be stopped goes on
}

// New makes a console.
func New(o Options) *Console {
	c := &Console{
		o: o, engine: o.Engine, screen: o.Screen, scope: o.Engine.NewScope(), jobs: map[*engine.Task]string{},
		interrupted: make(chan os.Signal, 1), suspended: make(chan os.Signal, 1), ended: make(chan os.Signal, 1),
	}
	c.paint = paint(c.screen.colour())
	c.person = c.screen.Interactive()
	if c.o.Prompt == nil {
		c.o.Prompt = func() string { return o.App }
	}
	c.status.Store(&o.App)
	return c
}

// Tell shows a line of news, above the prompt if a person is typing. It may be called from any
// goroutine.
func (c *Console) Tell(text string) {
	c.engine.Post(func() {
		c.refresh()
		fmt.Fprintln(c.screen.Out(), c.paint.text(faint, text))
	})
}

// refresh updates the prompt. Call it on the baton.
func (c *Console) refresh() {
	text := c.o.Prompt()
	c.status.Store(&text)
}

// Run reads and runs chunks until the input ends, the person leaves, or ctx ends; it returns an
// exit code. While it runs, the console handles Ctrl-C, Ctrl-Z and a hang-up of the process. It
// does not close the engine.
func (c *Console) Run(ctx context.Context) int {
	watch(c.interrupted, interrupts)
	watch(c.suspended, suspends)
	watch(c.ended, endings)
	defer signal.Stop(c.interrupted)
	defer signal.Stop(c.suspended)
	defer signal.Stop(c.ended)
	if c.person && c.o.Greeting != "" { // before Tell can show anything
		fmt.Fprintln(c.screen.Out(), c.o.Greeting)
	}
	ctx, stop := context.WithCancel(ctx)
	served := make(chan struct{})
	go func() { // ends when this function does
		defer close(served)
		c.engine.Serve(ctx)
	}()
	defer func() { stop(); <-served }()

	c.reader = c.newReader()
	c.onBaton(c.refresh)
	for !c.leave {
		c.step(ctx)
	}
	if !c.stuck {
		c.reader.close()
	}
	return c.code
}

// watch is signal.Notify, but no signals mean none, not all.
func watch(ch chan os.Signal, signals []os.Signal) {
	if len(signals) > 0 {
		signal.Notify(ch, signals...)
	}
}

func (c *Console) newReader() reader {
	if c.screen.editable() {
		h, err := openHistory(historyPath(c.o.App, c.screen.getenv))
		if err != nil {
			c.complain(err.Error())
		}
		return newEditor(c.screen, h, c.prompt, c.complete, func(line string, at int) string {
			return c.paint.text(faint, c.hint(line, at))
		})
	}
	r := &lineReader{screen: c.screen, lines: bufio.NewReader(c.screen.in)}
	if c.person {
		r.prompt = c.prompt
	}
	return r
}

// prompt is the text before a typed line.
func (c *Console) prompt(more bool) string {
	if more {
		return c.paint.text(faint, "… ")
	}
	return c.paint.text(blue, *c.status.Load()) + c.paint.text(bold, "> ")
}

// input is the result of a read.
type input struct {
	text string
	err  error
}

// step reads one chunk and runs it.
func (c *Console) step(ctx context.Context) {
	in := c.read(ctx)
	switch {
	case errors.Is(in.err, errInterrupted):
		if strings.TrimSpace(in.text) == "" {
			c.ctrlC()
		}
		return
	case in.err != nil:
		c.end(ctx)
		return
	}
	c.pressed = false
	text := strings.TrimSpace(in.text)
	switch {
	case text == "":
	case isCommand(text):
		c.command(ctx, text)
	default:
		c.eval(ctx, withValue(codeOf(text)))
	}
}

// read waits for the reader, a signal or the end. An abandoned read goes on until its stream ends;
// the process is about to end anyway.
func (c *Console) read(ctx context.Context) input {
	got := make(chan input, 1)
	go func() {
		text, err := c.reader.read()
		got <- input{text, err}
	}()
	for {
		select {
		case in := <-got:
			return in
		case <-c.interrupted:
			if !c.person {
				c.code = ExitInterrupted
				return c.abandon(got)
			}
			fmt.Fprintln(c.screen.Out())
			if c.ctrlC(); c.leave {
				return c.abandon(got)
			}
			c.reader.again()
		case <-c.suspended: // nothing runs that could be suspended
		case <-c.ended:
			return c.abandon(got)
		case <-ctx.Done():
			return c.abandon(got)
		}
	}
}

// abandon leaves a read behind, and ends the session. An editor needs a moment to restore the
// terminal.
func (c *Console) abandon(got <-chan input) input {
	c.leave, c.stuck = true, true
	if c.reader.stop() {
		select {
		case <-got:
			c.stuck = false
		case <-time.After(time.Second):
		}
	}
	return input{err: io.EOF}
}

// ctrlC is Ctrl-C at the prompt: twice leaves.
func (c *Console) ctrlC() {
	if c.pressed {
		c.leave = true
		return
	}
	c.pressed = true
	fmt.Fprintln(c.screen.Out(), c.paint.text(faint, "Ctrl-C again, or Ctrl-D, leaves"))
}

// end is called at the end of the input. It does not wait for background tasks, unless the input
// came through a pipe.
func (c *Console) end(ctx context.Context) {
	if !c.leave && !c.person {
		c.waitForTasks(ctx)
	}
	c.leave = true
}

// waitForTasks waits until no task is left that was spawned or put into the background.
func (c *Console) waitForTasks(ctx context.Context) {
	var failed error
	err := c.finish(ctx, c.start(chunk{run: func(L *lua.LState) int {
		for t := c.oldest(); t != nil; t = c.oldest() {
			_, err := t.Wait(L)
			if t.Status() == "running" || t.Status() == "waiting" {
				c.engine.Raise(L, err) // the wait itself was ended
			}
			if e, ok := errors.AsType[*engine.ScriptError](err); ok && failed == nil {
				failed = e
			}
		}
		return 0
	}}))
	failures := 0
	c.onBaton(func() { failures = c.engine.Failures() })
	if err == nil && failed != nil {
		c.complain("task failed: " + failed.Error())
		failures++
	}
	if failures > 0 {
		c.failed()
	}
}

// oldest is the first of the tasks to wait for. Call it on the baton.
func (c *Console) oldest() *engine.Task {
	for _, t := range c.engine.Tasks() {
		if _, job := c.jobs[t.Task]; job || t.Title == engine.Spawned {
			return t.Task
		}
	}
	return nil
}

// complain shows an error on one line.
func (c *Console) complain(text string) {
	text, _, _ = strings.Cut(text, "\n")
	fmt.Fprintln(c.screen.Errout(), c.paint.text(red, "error: ")+printable(text))
}
