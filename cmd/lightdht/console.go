package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/engine/console"
	"github.com/lightdht/lightdht/engine/stdio"
	"github.com/lightdht/lightdht/luabind"
	"github.com/lightdht/lightdht/luabind/experiment"
	"github.com/lightdht/lightdht/luabind/network"
)

type consoleOptions struct {
	runOptions
	strict bool
}

func consoleCommand() *command {
	return &command{
		name: "console", short: "explore a network by hand, in Lua",
		help: "An expression shows its value; _ is the last one, and local variables stay. Tab\n" +
			"completes, Ctrl-R searches what was typed before, Ctrl-C ends what runs, Ctrl-Z puts\n" +
			"it into the background, and Ctrl-D leaves. Lines that begin with a colon are for the\n" +
			"console: \":help\" lists them, \":save FILE\" writes the session as a script.\n\n" +
			"On a simulated network time passes at full speed while a chunk runs that you wait for;\n" +
			"a second takes a second while only background tasks and handlers wait; and while there\n" +
			"are none, it stands still. The prompt shows it once it has moved. sleep(3600) moves on\n" +
			"by an hour.\n\n" +
			"From a pipe, chunks are read and their values printed, without prompt and colour, once the\n" +
			"network is joined. The history lies in $XDG_STATE_HOME/lightdht/history, for your eyes\n" +
			"only. NO_COLOR is heeded.\n\n" +
			"  lightdht console\n" +
			"  lightdht console --join 127.0.0.1:6881\n" +
			"  lightdht console --live --state me.jsonl\n" +
			"  echo 'dht.find_node(id.random())' | lightdht console --strict",
		flags: func(flags *pflag.FlagSet) any {
			o := &consoleOptions{}
			o.flags = flags
			o.networkFlags.register(flags)
			o.registerMemory(flags)
			flags.BoolVar(&o.strict, "strict", false, "end at the first error, with exit code 1; 3 if a check failed")
			flags.StringSliceVar(&o.allowRead, "allow-read", nil, "let Lua read files in these `DIR`s, besides the current folder")
			flags.StringSliceVar(&o.allowWrite, "allow-write", nil, "let Lua write files in these `DIR`s, besides ./console.run")
			flags.BoolVarP(&o.quiet, "quiet", "q", false, "no greeting; on stderr nothing but errors")
			flags.BoolVarP(&o.verbose, "verbose", "v", false, "say more on stderr: log.debug too")
			registerRaw(flags)
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			if len(args) > 0 {
				return h.misused("console takes no arguments, got %q; for a script there is \"lightdht run\"", args[0])
			}
			return h.console(ctx, options.(*consoleOptions))
		},
	}
}

// consoleRoom is a console's network and engine, and how the network is joined.
type consoleRoom struct {
	*experiment.Session
	host  *host
	title string
	join  func(ctx context.Context) error // nil: that is done
}

// console lets a person explore the network of the flags. Ctrl-C is for what runs in it, so the
// context that ends with Ctrl-C is left behind once the network is there.
func (h *host) console(ctx context.Context, o *consoleOptions) int {
	screen := console.NewScreen(h.in, stdio.Direct(h.out), stdio.Direct(h.errout), nil)
	room, err := h.openConsole(ctx, o, screen)
	if ctx.Err() != nil {
		err = errInterrupted
	}
	if err != nil {
		return h.report(err)
	}
	defer func() {
		if err := room.Close(); err != nil {
			h.complain("%v", err)
		}
	}()
	if room.join != nil && !screen.Interactive() { // nobody is there to see that it is not done yet
		err := room.join(ctx)
		if ctx.Err() != nil {
			err = errInterrupted
		}
		if err != nil {
			return h.report(err)
		}
		room.join = nil
	}
	h.takeTime()
	read := ctx
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(read, func() {
		if errors.Is(context.Cause(read), errUnread) {
			stop()
		}
	})()
	code := room.converse(ctx, stop, o, screen)
	if o.traceDigest {
		fmt.Fprintf(h.errout, "trace digest %x\n", room.Network.Lua.World.Digest())
	}
	return code
}

// converse reads, runs and prints until the person leaves, joining the network meanwhile if that is
// not done.
func (room *consoleRoom) converse(ctx context.Context, stop func(), o *consoleOptions, screen *console.Screen) int {
	e, joining := room.Engine, room.join != nil // joining belongs to the baton
	c := console.New(console.Options{
		Engine: e, Screen: screen, App: "lightdht", Greeting: o.greeting(room),
		Prompt: func() string { return o.prompt(e.Now(), joining) }, Preamble: func(session string) string { return o.preamble(room, session) },
		Commands: consoleCommands(), Strict: o.strict, Look: room.Bindings,
		Help: reference, Names: luabind.Names, Near: luabind.Nearest, Virtual: room.Network.Lua.World != nil,
		Before: func(path, source string) string {
			room.Bindings.Forget()
			return o.unheeded(path, source)
		},
		Header: hasHeader,
	})
	if joining {
		joined := make(chan struct{})
		defer func() { stop(); <-joined }()
		go func() { // ends with the join, or with ctx
			defer close(joined)
			err := room.join(ctx)
			e.Post(func() { joining = false })
			if ctx.Err() == nil {
				c.Tell(joinNews(room.Network.Lua.Own, err))
			}
		}()
	}
	code := c.Run(ctx)
	if passed, failed := room.Bindings.Checks(); o.strict && failed > 0 && code == console.ExitDone {
		room.host.complain("%d of %d checks failed", failed, passed+failed)
		code = exitCheckFailed
	}
	return code
}

// openConsole makes the network of the flags, and an engine on it. A real network is joined later.
func (h *host) openConsole(ctx context.Context, o *consoleOptions, screen *console.Screen) (*consoleRoom, error) {
	options, err := h.options(&o.runOptions)
	if err != nil {
		return nil, err
	}
	options.Stdin = strings.NewReader("") // the console reads it
	options.Stdout, options.Stderr = stdio.Shown(screen.Out(), h.out), stdio.Shown(screen.Errout(), h.errout)
	options.Files = "console.run"
	x := experiment.New("console", "")
	x.Dir = "."
	session, err := x.Start(ctx, options)
	if err != nil {
		return nil, err
	}
	room := &consoleRoom{Session: session, host: h, title: "the public DHT"}
	net := session.Network
	switch {
	case net.Lua.World != nil:
		room.title = fmt.Sprintf("a simulated network of %d nodes", net.Lua.World.Size())
		return room, nil
	case !o.live:
		room.title = "a real network, entered through " + entry.List(net.Entry())
	}
	room.join = net.Join
	return room, nil
}

// greeting is three lines: the version, the network, what to type first.
func (o *consoleOptions) greeting(room *consoleRoom) string {
	if o.quiet {
		return ""
	}
	return fmt.Sprintf("lightdht %s\n%s; you are %v\nTry dht.find_node(id.random()), dht.table or :help",
		version(), strings.ToUpper(room.title[:1])+room.title[1:], room.Network.Lua.Own.Addr())
}

// prompt is what the prompt says: on a simulated network the time, once it has moved.
func (o *consoleOptions) prompt(now time.Duration, joining bool) string {
	switch {
	case joining:
		return "dht (joining)"
	case o.live || o.flags.Changed("join") || now == 0:
		return "dht"
	}
	return "dht " + clockText(now)
}

// clockText is a time as short as can be: 2.5s, 4m05s, 2h03m, 3d04h.
func clockText(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd%02dh", int(d.Hours())/24, int(d.Hours())%24)
}

// joinNews says how joining went.
func joinNews(own luabind.Loop, err error) string {
	if err != nil {
		return "not joined: " + err.Error()
	}
	known := 0
	own.Do(func(_ dht.Time, n *dht.Node) { known = n.Table().Len() })
	return fmt.Sprintf("joined: %s known", entry.Count(known, "node", "nodes"))
}

// preamble is what a saved session begins with: the network that it was typed on, as far as a
// header can say it. A session that has a header of its own, from a file, keeps that.
func (o *consoleOptions) preamble(room *consoleRoom, session string) string {
	text := "-- Typed in lightdht console, on " + room.title + "; run it with: lightdht run"
	if o.flags.Changed("join") {
		text += " --join=" + strings.Join(o.join, ",")
	}
	if o.live {
		text += " --live"
	}
	var settings []string
	for _, s := range o.settings {
		name, value, _ := strings.Cut(s, "=")
		if strings.Contains(name, ".") || strings.Contains(session, "experiment") { // a header nests them, or is there
			text += " --set " + s
			continue
		}
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			value = strconv.Quote(value)
		}
		settings = append(settings, name+" = "+value)
	}
	text += " FILE\n"
	if len(settings) > 0 {
		text += "experiment{ network = { " + strings.Join(settings, ", ") + " } }\n"
	}
	return text + "\n"
}

// hasHeader reports whether a chunk calls experiment{}.
func hasHeader(path, source string) bool {
	header, err := luabind.ReadHeader(path, source)
	return header != nil || errors.Is(err, luabind.ErrNotFirst)
}

// unheeded says what the header of a chunk asks of the network, which is there already and stays
// what it is.
func (o *consoleOptions) unheeded(path, source string) string {
	header, err := luabind.ReadHeader(path, source)
	if err != nil || header == nil { // the chunk itself will meet the same error
		return ""
	}
	real := o.live || o.flags.Changed("join")
	there := o.simSpec(nil)
	var missing []string
	for _, s := range header.Network.Settings {
		asked := there.With(network.Spec{Config: header.Network.Config, Settings: []network.Setting{s}})
		if real || !reflect.DeepEqual(asked.Config, there.Config) {
			missing = append(missing, s.Name+" = "+s.Value)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	text := "the network stays what it is; not applied: " + strings.Join(missing, ", ")
	if path != "" {
		text = path + ": " + text
	}
	return text
}

// consoleCommands are the commands that know what a DHT is.
func consoleCommands() []console.Command {
	return []console.Command{
		{Name: "table", Args: "[N | FIELD]", Text: "nodes known: all, the N nearest to you, or sorted by a field", Lua: func(args string) (string, error) {
			if args == "" {
				return "dht.table", nil
			}
			if n, err := strconv.Atoi(args); err == nil {
				return fmt.Sprintf("dht.table:closest(dht.id, %d)", n), nil
			}
			return fmt.Sprintf("dht.table:sorted(%s)", strconv.QuoteToASCII(args)), nil
		}},
		{Name: "stats", Text: "what your node has counted", Lua: func(string) (string, error) { return "dht.stats()", nil }},
	}
}
