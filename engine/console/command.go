package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/lightdht/lightdht/engine"
)

// Command is a line that begins with a colon.
type Command struct {
	Name string // without the colon
	Args string // "FILE", for the list
	Text string // its effect, in a few words
	// Lua is the expression to show, made of the text after the name.
	Lua func(args string) (string, error)

	do func(c *Console, ctx context.Context, args string) error
}

// own are the console's commands, in the order of the list.
func own() []Command {
	return []Command{
		{Name: "help", Args: "[NAME]", Text: "this list, or the reference of a function", do: (*Console).help},
		{Name: "bg", Args: "CODE", Text: "run code in the background (Ctrl-Z: what runs now)", do: (*Console).bg},
		{Name: "tasks", Text: "what runs in the background", do: (*Console).tasks},
		{Name: "kill", Args: "NUMBER", Text: "end a task", do: (*Console).kill},
		{Name: "time", Args: "CODE", Text: "run code and say how long it took", do: (*Console).time},
		{Name: "trace", Text: "where the last error came from", do: (*Console).showTrace},
		{Name: "save", Args: "FILE", Text: "write what went well as a script", do: (*Console).saveCommand},
		{Name: "load", Args: "FILE", Text: "run a file here", do: (*Console).load},
		{Name: "quit", Text: "leave; so does Ctrl-D", do: func(c *Console, _ context.Context, _ string) error {
			c.leave = true
			return nil
		}},
	}
}

// commands are all commands.
func (c *Console) commands() []Command {
	all := own()
	at := len(all) - 1 // before quit
	return slices.Insert(all, at, c.o.Commands...)
}

// command runs a line that begins with a colon.
func (c *Console) command(ctx context.Context, line string) {
	name, args, _ := strings.Cut(strings.TrimSpace(line)[1:], " ")
	var names []string
	for _, cmd := range c.commands() {
		names = append(names, cmd.Name)
		if cmd.Name != name {
			continue
		}
		if err := c.do(ctx, cmd, strings.TrimSpace(args)); err != nil {
			c.complain(err.Error())
			c.failed()
		}
		return
	}
	text := "no command is called :" + name
	if near := engine.Nearest(name, names); near != "" {
		text += " (did you mean :" + near + "?)"
	}
	c.complain(text + "; :help lists them")
	c.failed()
}

func (c *Console) do(ctx context.Context, cmd Command, args string) error {
	if cmd.do != nil {
		return cmd.do(c, ctx, args)
	}
	source, err := cmd.Lua(args)
	if err == nil {
		c.finish(ctx, c.start(chunk{name: chunkName, source: source}))
	}
	return err
}

// maxWidth is the widest line of sentences, in columns (chosen by us): longer lines are hard to
// read.
const maxWidth = 100

func (c *Console) help(_ context.Context, name string) error {
	out := c.screen.Out()
	columns, _ := c.screen.size()
	columns = min(columns, maxWidth)
	if name == "" {
		c.list(out, columns, c.commands())
		fmt.Fprintln(out, "\n"+fold("  An expression shows its value, and _ is the last one. Local variables stay. Tab completes, "+
			"Ctrl-R searches what was typed before, Ctrl-C ends what runs, and Ctrl-D leaves.", "  ", columns))
		return nil
	}
	all := c.commands()
	if i := slices.IndexFunc(all, func(cmd Command) bool { return ":"+cmd.Name == name }); i >= 0 {
		c.list(out, columns, all[i:i+1])
		return nil
	}
	if c.o.Help == nil {
		return errors.New("there is no reference here")
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, ")"), "(")
	if text, ok := c.o.Help(name, columns); ok {
		fmt.Fprintln(out, strings.TrimRight(text, "\n"))
		return nil
	}
	text := "nothing is known of '" + name + "'"
	if c.o.Near != nil {
		if near := c.o.Near(name); near != "" {
			text += " (did you mean '" + near + "'?)"
		}
	}
	return errors.New(text)
}

// list shows commands.
func (c *Console) list(out io.Writer, columns int, commands []Command) {
	const place = 20 // column of the text
	for _, cmd := range commands {
		line := fmt.Sprintf("  :%-*s %s", place, strings.TrimSpace(cmd.Name+" "+cmd.Args), cmd.Text)
		line = fold(line, strings.Repeat(" ", min(place+4, columns/2)), columns)
		fmt.Fprintln(out, strings.Replace(line, ":"+cmd.Name, c.paint.text(bold, ":"+cmd.Name), 1))
	}
}

// fold breaks a line at blanks, so that it fits into the given columns. The lines after the first
// are indented.
func fold(line, indent string, columns int) string {
	var b strings.Builder
	for visible(line) > columns {
		at := breakIn(line, columns)
		if at < 0 {
			break
		}
		b.WriteString(strings.TrimRight(line[:at], " ") + "\n")
		line = indent + strings.TrimLeft(line[at:], " ")
	}
	return b.String() + line
}

// breakIn is the last blank after a word that fits into the given columns, or else after the first
// word; -1 if the text has no blank.
func breakIn(line string, columns int) int {
	at, n, begun := -1, 0, false
	for i, r := range line {
		if n > columns && at >= 0 {
			break
		}
		if r != ' ' {
			begun = true
		} else if begun {
			at = i
		}
		n++
	}
	return at
}

func (c *Console) bg(_ context.Context, code string) error {
	if code == "" {
		return errors.New(":bg needs code, as in :bg sleep(5); while something runs, Ctrl-Z puts that into the background")
	}
	j := newJob(chunk{name: chunkName, source: code})
	j.background = true
	var err error
	c.onBaton(func() { err = c.begin(j) })
	if err != nil {
		return errors.New(c.reason(j, result{err: err}))
	}
	return nil
}

// onBaton runs f on the baton and waits for it. Ctrl-C ends a task that keeps the baton.
func (c *Console) onBaton(f func()) {
	done := make(chan struct{})
	c.engine.Post(func() { f(); close(done) })
	for {
		select {
		case <-done:
			return
		case <-c.interrupted:
			c.engine.Interrupt(nil)
		}
	}
}

func (c *Console) tasks(context.Context, string) error {
	var lines []string
	c.onBaton(func() {
		for _, t := range c.engine.Tasks() {
			what := t.Status
			if t.What != "" {
				what += " for " + t.What
			}
			title := t.Title
			if code, ok := c.jobs[t.Task]; ok {
				title = code
			} else if t.Position != "" {
				title += " at " + t.Position
			}
			lines = append(lines, fmt.Sprintf("  [%d]  %-28s %s", t.Number, what, printable(clip(title, 60))))
		}
	})
	if len(lines) == 0 {
		lines = []string{c.paint.text(faint, "nothing runs in the background")}
	}
	fmt.Fprintln(c.screen.Out(), strings.Join(lines, "\n"))
	return nil
}

func (c *Console) kill(_ context.Context, args string) error {
	number, err := strconv.ParseUint(strings.Trim(args, "[]"), 10, 64)
	if err != nil {
		return fmt.Errorf(":kill needs the number of a task, as :tasks shows it, got %q", args)
	}
	found := false
	c.onBaton(func() {
		for _, t := range c.engine.Tasks() {
			if t.Number == number {
				found = true
				t.Task.Kill()
			}
		}
	})
	if !found {
		return fmt.Errorf("no task has the number %d; :tasks lists them", number)
	}
	return nil
}

func (c *Console) time(ctx context.Context, code string) error {
	if code == "" {
		return errors.New(":time needs code, as in :time dht.find_node(id.random())")
	}
	c.finish(ctx, c.start(chunk{name: chunkName, source: code, timed: true}))
	return nil
}

func (c *Console) showTrace(context.Context, string) error {
	text := c.trace
	if text == "" {
		text = c.paint.text(faint, "there is nothing to show")
	}
	fmt.Fprintln(c.screen.Out(), text)
	return nil
}

func (c *Console) saveCommand(_ context.Context, path string) error {
	if path == "" {
		return errors.New(":save needs the name of a file, as in :save idea.lua")
	}
	chunks, err := c.save(path)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.screen.Out(), c.paint.text(faint, many(chunks, "chunk", "chunks")+" written to "+path))
	return nil
}

func (c *Console) load(ctx context.Context, path string) error {
	if path == "" {
		return errors.New(":load needs the name of a file")
	}
	source, err := readScript(path)
	if err != nil {
		return err
	}
	c.finish(ctx, c.start(chunk{name: path, source: source}))
	return nil
}
