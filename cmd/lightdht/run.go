package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/luabind"
)

// maxScript bounds the source of a script, in bytes; ours.
const maxScript = 4 << 20

// errEarly is what Ctrl-C or --timeout does to a run that has not begun.
var errEarly = errors.New("interrupted before the network was there")

// errOutOfTime is why a run ends that took longer than --timeout.
var errOutOfTime = errors.New("out of time")

type runOptions struct {
	networkFlags
	outputFlags
	limitFlags
	code       string
	timeout    time.Duration
	spent      time.Duration // of timeout, before there was a script
	quiet      bool
	verbose    bool
	keep       *keeping // what comes of the run; nil: nobody wants it
	files      string   // where the script's own files go; "": where its name or --run-dir says
	sub        string   // the folder in it for one of several runs; "": none
	allowRead  []string
	allowWrite []string
	from       []string // where to get a shared script, if not where it runs
	yes        bool
	untrusted  bool // a file is treated as what somebody else has made
	usual      bool // timeout is not of the flags
	mostNodes  int  // of the network of what somebody else has made; 0: givenNodes

	flags *pflag.FlagSet
}

func runCommand() *command {
	return &command{
		name: "run", args: "script.lua [--param=value ...] [argument ...]", short: "run a script",
		help: "The script gets the parameters that its experiment{} header declares, and the\n" +
			"arguments as arg[1], arg[2], ... A script \"-\" is read from the standard input.\n" +
			"Its print goes to stdout, everything else to stderr. Without network flags it runs\n" +
			"on a simulated network; the same seed gives the same output. What experiment.lua\n" +
			"records goes to stdout, too: as a table on a terminal, else as JSON Lines; and the\n" +
			"files that it writes go to the folder experiment.run.\n\n" +
			"  lightdht run experiment.lua\n" +
			"  lightdht run --sim 10000 --seed 7 experiment.lua --rounds=5\n" +
			"  lightdht run --out hops.csv experiment.lua\n" +
			"  lightdht run --join 127.0.0.1:6881 experiment.lua INFO_HASH\n" +
			"  lightdht run --live --state me.jsonl --rate 20 experiment.lua INFO_HASH\n" +
			"  lightdht run lightdht:0123456789abcdef0123456789abcdef01234567\n\n" +
			"Archives and shared scripts are what others have made. On a terminal they are run after\n" +
			"you have seen what they may do, and agreed; they get 10 minutes and networks of 20,000\n" +
			"nodes, unless --timeout and --sim say otherwise. --untrusted has any script treated so.",
		flags: func(flags *pflag.FlagSet) any {
			o := &runOptions{flags: flags}
			o.networkFlags.register(flags)
			o.outputFlags.register(flags)
			flags.StringVarP(&o.code, "execute", "e", "", "run this `CODE` instead of a file")
			flags.DurationVar(&o.timeout, "timeout", 0, "end the whole run after this long, as in 90s or 1h (exit code 4); getting a shared script counts (default: never; 10m for archives and shared scripts, 0 lifts that)")
			flags.StringSliceVar(&o.allowRead, "allow-read", nil, "let the script read files in these `DIR`s, besides its own folder; names that begin with a dot too")
			flags.StringSliceVar(&o.allowWrite, "allow-write", nil, "let the script write files in these `DIR`s, besides its run folder; names that begin with a dot too")
			flags.StringSliceVar(&o.from, "from", nil, "get a shared script, lightdht:LINK, through these `HOST:PORT[,...]`, from --listen (default: where it is to run, or the public DHT)")
			flags.BoolVarP(&o.yes, "yes", "y", false, "run an archive or a shared script without asking")
			flags.BoolVar(&o.untrusted, "untrusted", false, "treat the script as one that somebody else shared: show what it may do, and ask")
			o.limitFlags.register(flags)
			flags.BoolVarP(&o.quiet, "quiet", "q", false, "say nothing but errors on stderr")
			flags.BoolVarP(&o.verbose, "verbose", "v", false, "say more on stderr: log.debug too")
			registerRaw(flags)
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			o := options.(*runOptions)
			if len(args) > 0 && share.IsLink(args[0]) && !o.flags.Changed("execute") {
				return h.runShared(ctx, o, args)
			}
			s, err := h.script(ctx, o, args)
			if err != nil {
				return h.report(err)
			}
			if s.given || o.untrusted {
				s.given = true
				return h.runGiven(ctx, o, s.offered())
			}
			return h.runScript(ctx, o, s)
		},
	}
}

// script is what is to be run.
type script struct {
	name   string // as it is shown in messages
	path   string // of its file, and ...
	size   int    // ... how many bytes that has; "" if it is no file
	dir    string // where require looks; "" if it is no file
	source string
	params []luabind.Param
	args   []string // arg[0], arg[1], ...
	header *luabind.Header
	bundle *bundle.Bundle // the archive that it came out of; nil: none
	folder fs.FS          // of an archive that is being made: where else its files may be
	given  bool           // somebody else's as a rule: an archive, or out of the DHT
}

// script reads the script that the command line names, and its header.
func (h *host) script(ctx context.Context, o *runOptions, args []string) (*script, error) {
	s := &script{}
	switch {
	case o.flags.Changed("execute"):
		s.name, s.source, s.dir = "(command line)", o.code, "."
		s.args = []string{s.name}
	case len(args) == 0:
		return nil, errors.New("run needs a script, as in \"lightdht run experiment.lua\", or -e CODE")
	default:
		if err := h.readScript(ctx, s, args[0]); err != nil {
			return nil, err
		}
		if s.given = s.bundle != nil; !s.given {
			s.args = []string{args[0]}
		}
		args = args[1:]
	}
	return s, s.finish(args)
}

// finish takes what follows the script on the command line, and reads its header.
func (s *script) finish(args []string) error {
	rest, err := s.takeParams(args)
	if err != nil {
		return err
	}
	if len(rest) > 0 { // instead of those in an archive
		s.args = append(s.args[:1], rest...)
	}
	err = s.readHeader()
	if _, ofScript := errors.AsType[*engine.ScriptError](err); ofScript {
		return nil // the run itself will meet the same error, and says it better
	}
	if err != nil {
		return err
	}
	return s.header.Check(s.params)
}

// readScript reads path, or the standard input if that is "-".
func (h *host) readScript(ctx context.Context, s *script, path string) error {
	if share.IsLink(path) {
		return fmt.Errorf("%s is a link, not a file; \"lightdht fetch\" gets the file, and \"lightdht run\" runs it", path)
	}
	var text []byte
	var err error
	if path == "-" {
		s.name, s.dir = "stdin", "."
		text, err = h.typed(ctx)
	} else {
		s.name, s.dir = path, filepath.Dir(path)
		text, err = h.readFile(path)
	}
	if err != nil {
		if errors.Is(err, errInterrupted) {
			return err
		}
		return fmt.Errorf("cannot read the script: %w", err)
	}
	if path != "-" {
		s.path, s.size = path, len(text)
	}
	if bundle.Is(text) {
		if err := files.Check(path); path != "-" && !files.Given(path) && err != nil {
			return fmt.Errorf("cannot read the archive: %w", err)
		}
		return s.unpack(path, text)
	}
	if len(text) > maxScript {
		return fmt.Errorf("%s is larger than %d MiB; is it a script?", path, maxScript>>20)
	}
	s.source = string(text)
	return nil
}

// typed reads a script from the standard input. The error is errInterrupted if ctx
// ends before.
func (h *host) typed(ctx context.Context) ([]byte, error) {
	type input struct {
		text []byte
		err  error
	}
	all, read := io.LimitReader(h.in, maxScript+1), make(chan input, 1)
	go func() { // ends with the input, or with the process
		text, err := io.ReadAll(all)
		read <- input{text, err}
	}()
	select {
	case in := <-read:
		return in.text, in.err
	case <-ctx.Done():
		return nil, errInterrupted
	}
}

// takeParams reads the --name=value arguments that follow the script; all that
// comes after the first other argument, or after "--", is the script's own.
func (s *script) takeParams(args []string) (rest []string, err error) {
	for i, a := range args {
		if a == "--" {
			return args[i+1:], nil
		}
		if !strings.HasPrefix(a, "--") {
			return args[i:], nil
		}
		name, value, ok := strings.Cut(a[2:], "=")
		if !ok {
			return nil, fmt.Errorf("parameter %s needs a value, as in %s=10; flags of lightdht itself go before the script, and \"--\" before arguments that begin with dashes", a, a)
		}
		s.params = append(s.params, luabind.Param{Name: name, Value: value})
	}
	return nil, nil
}

// check refuses bounds that cannot be.
func (o *runOptions) check() error {
	if o.timeout < 0 {
		return fmt.Errorf("--timeout must not be negative, got %v", o.timeout)
	}
	return o.limitFlags.check()
}

// runScript runs s on the network of the flags.
func (h *host) runScript(ctx context.Context, o *runOptions, s *script) int {
	if err := o.check(); err != nil {
		return h.report(err)
	}
	if err := h.checkGrants(o); err != nil {
		return h.report(err)
	}
	h, o.excused = h.piped()
	ctx, over := h.limitTime(ctx, o)
	defer over()
	out, err := h.claimOutput(o)
	if err != nil {
		return h.report(err)
	}
	defer out.release()
	if err := h.checkFolder(o, s); err != nil {
		return h.report(err)
	}
	if len(out.write) > 0 {
		o.digest = true // the manifest has it
	}
	net, err := h.openNetwork(ctx, o, s.header)
	if err != nil {
		if ctx.Err() != nil {
			return h.ended(ctx, o, errEarly)
		}
		return h.report(err)
	}
	code := h.runOn(ctx, o, s, net, out)
	over() // --timeout is not for what the network has to keep
	if err := net.close(); err != nil {
		h.complain("%v", err)
		if code == exitDone {
			code = exitFailed
		}
	}
	return code
}

// limitTime gives ctx the end that --timeout sets, and the process one soon after,
// unless over is called before.
func (h *host) limitTime(ctx context.Context, o *runOptions) (limited context.Context, over func()) {
	if o.timeout <= 0 {
		return ctx, func() {}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeout-o.spent, errOutOfTime)
	alone, forget := context.WithTimeout(context.Background(), o.timeout-o.spent)
	ended := h.endLate(alone, exitTimeout, fmt.Sprintf("out of time after %v; what went on did not stop by itself", o.timeout))
	return ctx, func() {
		ended()
		forget()
		cancel()
	}
}

// runOn runs the script on a network, and closes its results.
func (h *host) runOn(ctx context.Context, o *runOptions, s *script, net *runNetwork, out *runOutput) int {
	if err := out.begin(s, net, h.now()); err != nil {
		return h.report(err)
	}
	at, err := h.settle(o, s)
	if err != nil {
		return h.report(err)
	}
	defer at.leave()
	var e *engine.Engine
	net.network.Kept = o.state != ""
	network := o.limitNodes(net.network, func(limit, text string) { e.Exceed(limit, text) })
	bindings := luabind.New(luabind.Options{Network: network, Params: s.params, Results: out.results})
	options := engine.Options{
		Clock: net.clock, Stdin: h.in, Stdout: o.keep.tee(h.out), Stderr: h.errout,
		Args: s.args, Random: net.random, StartTime: net.start,
		ScriptDir: at.dir, Library: at.library, Modules: bindings.Modules(),
		Grants: o.grants(at),
		Log:    o.log(scriptLog{&e}),
		OnStuck: func(over *engine.LimitError) {
			h.stuck(over, func() {
				at.leave()
				out.end(nil, nil, exitLimit, h.now())
			})
		},
	}
	o.limit(&options, net)
	if e, err = engine.New(options); err != nil {
		return h.report(err)
	}
	release := h.garbage.allow(o.mayTake(net))
	_, err = e.Run(ctx, s.name, s.source)
	e.Close()
	release()
	h.tellFiles(o, s, at)
	if world := net.network.World; world != nil && world.Stats().Skipped > 0 {
		h.tellSkipped(o.quiet, clockText(world.Stats().Skipped)+" of virtual time")
	}
	code := exitDone
	if err != nil {
		code = h.scriptEnded(ctx, o, err)
	} else if passed, failed := bindings.Checks(); failed > 0 {
		h.complain("%d of %d checks failed", failed, passed+failed)
		code = exitCheckFailed
	}
	if o.traceDigest {
		fmt.Fprintf(h.errout, "trace digest %x\n", net.network.World.Digest())
	}
	if err := out.end(at.modules(e), net.network.World, code, h.now()); err != nil && code == exitDone {
		h.complain("the results could not be written: %s", plainRecord(err))
		code = exitFailed
	}
	return code
}

// checkGrants refuses folders that are not there.
func (h *host) checkGrants(o *runOptions) error {
	for _, g := range []struct {
		flag string
		dirs []string
	}{{"--allow-read", o.allowRead}, {"--allow-write", o.allowWrite}} {
		for _, dir := range g.dirs {
			_, leave, err := h.openFolder(dir)
			if err != nil {
				return fmt.Errorf("%s: there is no folder %s that could be opened", g.flag, dir)
			}
			leave()
		}
	}
	return nil
}

// grants say which files the script may touch. There is advice for those commands
// that could heed it.
func (o *runOptions) grants(at *place) engine.Grants {
	g := engine.Grants{Read: o.allowRead, Write: o.allowWrite, RunDir: at.files, RunFor: at.owner, RunSub: at.sub, Packed: at.packed}
	if o.flags != nil && o.flags.Lookup("allow-read") != nil {
		g.ReadFlag, g.WriteFlag = "--allow-read", "--allow-write"
	}
	return g
}

// scriptLog is the standard error output of a script, for its log: what it writes counts as output.
type scriptLog struct{ engine **engine.Engine }

func (w scriptLog) Write(b []byte) (int, error) { return (*w.engine).Stderr().Write(b) }

// log is what log.info and the rest write to.
func (o *runOptions) log(to io.Writer) *slog.Logger {
	level := slog.LevelInfo
	switch {
	case o.quiet:
		level = slog.LevelError
	case o.verbose:
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: level}))
}

// scriptEnded says why a script did not reach its end, and picks the exit code.
func (h *host) scriptEnded(ctx context.Context, o *runOptions, err error) int {
	if e, ok := errors.AsType[*engine.Interrupted](err); ok {
		return h.ended(ctx, o, e)
	}
	if text, ok := overLimit(err); ok {
		h.complain("%s", text)
		return exitLimit
	}
	if e, ok := errors.AsType[*engine.ScriptError](err); ok {
		if _, stuck := errors.AsType[*engine.Deadlock](err); stuck {
			h.complain("%v", err)
			return exitLimit
		}
		if !e.Reported {
			h.complain("%v", e)
			if e.Traceback != "" {
				fmt.Fprintf(h.errout, "%s\n", e.Traceback)
			}
		}
		return exitFailed
	}
	h.complain("%v", err)
	return exitFailed
}

// ended says that the run was cut short, by the user or by --timeout.
func (h *host) ended(ctx context.Context, o *runOptions, at error) int {
	if errors.Is(context.Cause(ctx), errUnread) {
		return exitUnread // and there is nobody to tell
	}
	if errors.Is(context.Cause(ctx), errOutOfTime) {
		advice := ""
		if o.usual {
			advice = "; what others have made gets that long, unless --timeout says otherwise"
		}
		h.complain("out of time after %v: %v%s", o.timeout, at, advice)
		return exitTimeout
	}
	h.complain("%v", at)
	return exitInterrupted
}
