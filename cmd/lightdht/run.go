package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/share"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/experiment"
)

type runOptions struct {
	networkFlags
	outputFlags
	limitFlags
	code       string
	timeout    time.Duration
	spent      time.Duration // of timeout, before there was a script
	quiet      bool
	verbose    bool
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
			x, err := h.script(ctx, o, args)
			if err != nil {
				return h.report(err)
			}
			if x.Archive != nil || o.untrusted {
				x.Foreign = true
				return h.runGiven(ctx, o, offered(x))
			}
			return h.runScript(ctx, o, x)
		},
	}
}

// script reads the script that the command line names, and its header.
func (h *host) script(ctx context.Context, o *runOptions, args []string) (*experiment.Experiment, error) {
	if o.flags.Changed("execute") {
		x := experiment.New("(command line)", o.code)
		x.Dir = "."
		return x, x.Arguments(args)
	}
	if len(args) == 0 {
		return nil, errors.New("run needs a script, as in \"lightdht run experiment.lua\", or -e CODE")
	}
	x, err := h.readScript(ctx, args[0])
	if err != nil {
		return nil, err
	}
	return x, x.Arguments(args[1:])
}

// readScript reads path, or the standard input if that is "-".
func (h *host) readScript(ctx context.Context, path string) (*experiment.Experiment, error) {
	if share.IsLink(path) {
		return nil, fmt.Errorf("%s is a link, not a file; \"lightdht fetch\" gets the file, and \"lightdht run\" runs it", path)
	}
	var text []byte
	var err error
	if path == "-" {
		text, err = h.typed(ctx)
	} else {
		text, err = h.readFile(path)
	}
	if errors.Is(err, errInterrupted) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the script: %w", err)
	}
	return experiment.Parse(path, text)
}

// check refuses bounds that cannot be.
func (o *runOptions) check() error {
	if o.timeout < 0 {
		return fmt.Errorf("--timeout must not be negative, got %v", o.timeout)
	}
	return o.limitFlags.check()
}

// runScript runs x on the network of the flags.
func (h *host) runScript(ctx context.Context, o *runOptions, x *experiment.Experiment) int {
	return h.perform(o, func(options experiment.Options) experiment.Outcome {
		out, _ := x.Run(ctx, options) // the error is in the outcome
		return out
	})
}

// perform has run make a run of what the flags ask for, and tells what came of it.
func (h *host) perform(o *runOptions, run func(experiment.Options) experiment.Outcome) int {
	if err := o.check(); err != nil {
		return h.report(err)
	}
	options, err := h.options(o)
	if err != nil {
		return h.report(err)
	}
	over := h.endAfter(o)
	defer over()
	options.Watch.Closing = over // --timeout is not for what the network has to keep
	out := run(options)
	return h.tellOutcome(o, &out)
}

// options are what the flags make of a run.
func (h *host) options(o *runOptions) (options experiment.Options, err error) {
	options = experiment.Options{
		Network: o.spec, Realtime: o.realtime, WorldMemory: h.worldMemory(), Digest: o.traceDigest,
		Stdin: h.in, Stdout: h.out, Stderr: h.errout, Level: o.level(),
		Out: o.out, RunDir: o.runDir, Limits: o.limits(), Read: o.allowRead, Write: o.allowWrite,
		Version: version(), Watch: h.watchMaking(o.quiet), Reserve: h.garbage.allow, Stuck: h.stuck,
	}
	if h.outTerminal {
		options.Rows = experiment.RowsAsTable
	}
	if o.timeout > 0 {
		options.Timeout = max(o.timeout-o.spent, 1)
	}
	if o.flags.Lookup("allow-read") != nil { // the command could heed it
		options.ReadFlag, options.WriteFlag = "--allow-read", "--allow-write"
	}
	sockets, err := o.onSockets(o.flags)
	if err != nil {
		return options, err
	}
	if sockets {
		j := &journal{host: h, quiet: o.quiet}
		options.Watch.Returning = func(text string) { j.note(text, "returning") }
		cfg, err := h.memberConfig(&o.realFlags, &o.memberFlags, j)
		options.Real = &cfg
		return options, err
	}
	options.Node = o.memberFlags.node(false)
	options.Node.ID, err = o.nodeID()
	return options, err
}

// level is from which level on the script's log is shown.
func (o *runOptions) level() slog.Level {
	switch {
	case o.quiet:
		return slog.LevelError
	case o.verbose:
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// endAfter ends the process soon after --timeout, unless over is called before.
func (h *host) endAfter(o *runOptions) (over func()) {
	if o.timeout <= 0 {
		return func() {}
	}
	alone, forget := context.WithTimeout(context.Background(), o.timeout-o.spent)
	ended := h.endLate(alone, exitTimeout, fmt.Sprintf("out of time after %v; what went on did not stop by itself", o.timeout))
	return func() {
		ended()
		forget()
	}
}

// limitTime gives ctx the end that --timeout sets, and the process one soon after,
// unless over is called before.
func (h *host) limitTime(ctx context.Context, o *runOptions) (limited context.Context, over func()) {
	if o.timeout <= 0 {
		return ctx, func() {}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeout-o.spent, experiment.ErrOutOfTime)
	ended := h.endAfter(o)
	return ctx, func() {
		ended()
		cancel()
	}
}

// tellOutcome tells what came of a run, and returns the exit code.
func (h *host) tellOutcome(o *runOptions, out *experiment.Outcome) int {
	if out.Files != "" {
		h.tellFolder(o.quiet, out.Files)
	}
	if out.Skipped > 0 {
		h.tellSkipped(o.quiet, clockText(out.Skipped)+" of virtual time")
	}
	for _, fault := range out.Faults {
		io.WriteString(h.errout, o.faultText(fault))
	}
	if o.traceDigest && out.Trace != (record.Digest{}) {
		fmt.Fprintf(h.errout, "trace digest %v\n", out.Trace)
	}
	return int(out.Status)
}

// tellFolder names the folder of what was written, if there is one.
func (h *host) tellFolder(quiet bool, path string) {
	if files.Exists(path) {
		h.say(quiet, "the files that it wrote are in %s", path)
	}
}

// faultText is what there is to say of what went wrong in a run, in lines.
func (o *runOptions) faultText(fault error) string {
	if errors.Is(fault, experiment.ErrUnread) {
		return "" // there is nobody to tell
	}
	if e, ok := errors.AsType[*experiment.TimeoutError](fault); ok {
		advice := ""
		if o.usual {
			advice = "; what others have made gets that long, unless --timeout says otherwise"
		}
		return complaint("out of time after %v: %v%s", o.timeout, e.At, advice)
	}
	if text, ok := overLimit(fault); ok {
		return complaint("%s", text)
	}
	e, ofScript := errors.AsType[*engine.ScriptError](fault)
	_, deadlock := errors.AsType[*engine.Deadlock](fault)
	switch {
	case !ofScript || deadlock:
		return complaint("%v", fault)
	case e.Reported:
		return ""
	case e.Traceback != "":
		return complaint("%v", e) + e.Traceback + "\n"
	}
	return complaint("%v", e)
}

// outputFlags say where results go besides stdout.
type outputFlags struct {
	out    string
	runDir string
}

func (f *outputFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.out, "out", "", "write what the script records to this `FILE` too, .csv or .jsonl, with a manifest beside it; it replaces results of an earlier run, and no other file")
	flags.StringVar(&f.runDir, "run-dir", "", "keep manifest, script and results of the run in this new `DIR`; the script's own files go to DIR/files; what it prints is not kept")
}
