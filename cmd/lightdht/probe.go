package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/visible"
	"github.com/lightdht/lightdht/luabind/network"
	"github.com/lightdht/lightdht/luabind/probe"
)

type probeOptions struct {
	only     string
	rate     float64
	patience time.Duration
	slow     bool
	listen   []string
	out      []string
	known    string
	resume   bool
	sim      int
	seed     uint64
	quiet    bool
	flags    *pflag.FlagSet
}

func probeCommand() *command {
	return &command{
		name: "probe", args: "HOST:PORT", short: "examine a node rule by rule: does it do what the BEPs ask for?",
		help: "Some 140 rules, each with its severity (must, should, note), the BEP and the section, and\n" +
			"a verdict: pass, fail, skip (the node does not claim it) or unknown (it could not be told,\n" +
			"and why). The node is asked once or twice a second, less if that is too much for it; a ban\n" +
			"is waited out. A run takes some minutes. Ctrl-C keeps the rows so far, --resume goes on.\n" +
			"Probe nodes of your own: others have not asked for it.\n\n" +
			"The exit code is 3 if a rule fails that a node must keep, but for those in --known; 6 if\n" +
			"there is no node. Without HOST:PORT, a member of a simulated network is examined.\n\n" +
			"  lightdht probe 127.0.0.1:6881\n" +
			"  lightdht probe 192.0.2.7:6881 --listen 192.0.2.8,192.0.2.9 --out report.html --out report.jsonl\n" +
			"  lightdht probe 127.0.0.1:6881 --known faults.txt --out report.junit.xml\n" +
			"  lightdht probe 127.0.0.1:6881 --only items",
		flags: func(flags *pflag.FlagSet) any {
			o := &probeOptions{flags: flags}
			flags.SetInterspersed(true)
			flags.StringVar(&o.only, "only", "", "run the probes of this `GROUP` (krpc, nodes, peers, items, extras), or those that have this word in their rule")
			flags.Float64Var(&o.rate, "rate", 0, "ask at most `N` times a second, all sockets together (default: from 1 to 2, by what the node takes)")
			flags.DurationVar(&o.patience, "patience", 0, "wait this long for an answer (default 1s; 5s in a simulation)")
			flags.BoolVar(&o.slow, "slow", false, "run the probes that take hours, too: of tokens, peers and items that expire")
			flags.StringSliceVar(&o.listen, "listen", nil, "ask from this `ADDR`, or from two of the node's family: ADDR,ADDR (some probes need two IP addresses; on 127.0.0.0/8 there are enough)")
			flags.StringArrayVar(&o.out, "out", nil, "write the report to this `FILE` too: .jsonl (row by row), .html or .xml (JUnit); may be given several times")
			flags.StringVar(&o.known, "known", "", "rules in this `FILE`, one a line, are known to be broken: only others make the exit code 3")
			flags.BoolVar(&o.resume, "resume", false, "go on where a run with the same --out FILE.jsonl was interrupted")
			flags.IntVar(&o.sim, "sim", 0, "examine a member of a simulated network of `N` nodes")
			flags.Uint64Var(&o.seed, "seed", 1, "of the simulated network")
			flags.BoolVarP(&o.quiet, "quiet", "q", false, "print only the rules that fail, and the summary")
			return o
		},
		run: func(ctx context.Context, h *host, options any, args []string) int {
			o := options.(*probeOptions)
			p, err := h.probeOptions(ctx, o, args)
			if err != nil {
				return h.report(err)
			}
			return h.probe(ctx, o, p)
		},
	}
}

// probeOptions reads what the command line says of a probe.
func (h *host) probeOptions(ctx context.Context, o *probeOptions, args []string) (p probe.Options, err error) {
	p = probe.Options{Only: o.only, Rate: o.rate, Patience: o.patience, Slow: o.slow}
	switch simulated := o.flags.Changed("sim") || len(args) == 0; {
	case len(args) > 1:
		return p, fmt.Errorf("probe examines one node, got %q and %q", args[0], args[1])
	case len(args) == 1 && simulated:
		return p, errors.New("--sim examines a member of a simulated network, HOST:PORT a node on a real one; use one of the two")
	case o.rate < 0 || o.rate > 0 && o.rate < 0.01 || o.rate > 10_000:
		return p, fmt.Errorf("--rate is 0.01 to 10000 queries a second, got %v", o.rate)
	case o.patience < 0 || o.patience > time.Hour:
		return p, fmt.Errorf("--patience is at most an hour, got %v", o.patience)
	case o.flags.Changed("sim") && o.sim < 2:
		return p, fmt.Errorf("--sim needs 2 nodes or more, got %d", o.sim)
	case simulated && len(o.listen) > 0:
		return p, errors.New("--listen has no meaning in a simulated network")
	case simulated:
		p.Network, err = network.ParseSettings(o.settings())
		return p, err
	}
	found, errs := h.lookup.Resolve(ctx, "ip", args)
	if errs[0] != nil {
		return p, errs[0]
	}
	p.Target = found[0][0]
	if p.Listen, p.Second, err = probeListen(o.listen, p.Target); err != nil {
		return p, err
	}
	return p, h.probeFiles(o, &p)
}

func (o *probeOptions) settings() []string {
	settings := []string{fmt.Sprintf("seed=%d", o.seed)}
	if o.sim > 0 {
		settings = append(settings, fmt.Sprintf("nodes=%d", o.sim))
	}
	return settings
}

// probeListen reads --listen: one or two addresses of the target's family.
func probeListen(texts []string, target netip.AddrPort) (first, second netip.AddrPort, err error) {
	var all [2]netip.AddrPort
	if len(texts) > 2 {
		return first, second, fmt.Errorf("--listen takes two addresses at most, got %d", len(texts))
	}
	for i, text := range texts {
		as, err := entry.ParseAddresses([]string{text})
		if err != nil {
			return first, second, err
		}
		all[i] = as.All()[0]
		if all[i].Addr().Is4() != target.Addr().Is4() {
			return first, second, fmt.Errorf("--listen: %v cannot ask %v, which is of the other family", all[i].Addr(), target)
		}
	}
	if len(texts) == 2 && all[0].Addr() == all[1].Addr() {
		return first, second, fmt.Errorf("--listen: two different IP addresses are needed, got %v twice", all[0].Addr())
	}
	return all[0], all[1], nil
}

// probeFiles checks the names of reports, and reads the rows of one that is to be gone on with.
func (h *host) probeFiles(o *probeOptions, p *probe.Options) error {
	lines := ""
	for _, path := range o.out {
		switch {
		case strings.HasSuffix(path, ".jsonl"):
			lines = path
		case !strings.HasSuffix(path, ".html") && !strings.HasSuffix(path, ".xml"):
			return fmt.Errorf("--out: a report is .jsonl, .html or .xml, got %s", path)
		}
	}
	if !o.resume {
		return nil
	}
	if lines == "" {
		return errors.New("--resume goes on with the rows of --out FILE.jsonl; which file is it?")
	}
	text, err := h.readFile(lines)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		p.Known, err = probe.ReadRows(bytes.NewReader(text))
	}
	if err != nil {
		return fmt.Errorf("cannot go on with %s: %w", lines, err)
	}
	return nil
}

// probe examines a node, prints the rows as they come, and writes the reports.
func (h *host) probe(ctx context.Context, o *probeOptions, p probe.Options) int {
	var known probe.Baseline
	if o.known != "" {
		text, err := h.readFile(o.known)
		if err != nil {
			return h.report(fmt.Errorf("--known: %w", err))
		}
		known = probe.ReadBaseline(string(text))
	}
	w := &probeWriter{host: h, o: o, known: p.Known}
	if !o.quiet && p.Target.IsValid() && o.rate == 0 {
		h.say(false, "asking %v some 400 times, once or twice a second: some 5 minutes (--only and --rate make it shorter)", p.Target)
	}
	p.Tell = w.row
	report, err := probe.Run(ctx, p)
	w.bar.clear()
	if len(report.Rows) == 0 && err != nil {
		return h.noProbe(ctx, p, err)
	}
	w.finish(report, known)
	if report.Cost != "" {
		fmt.Fprintf(h.out, "%s\n", visible.Text(report.Cost))
	}
	fmt.Fprintf(h.out, "%s\n", visible.Text(report.Summary()))
	if err != nil && ctx.Err() != nil {
		h.complain("interrupted after %d rules; --resume with an --out FILE.jsonl goes on", len(report.Rows))
		return exitInterrupted
	} else if err != nil {
		return h.report(err)
	}
	code := h.probed(report, known, o.known)
	if w.failed {
		return exitFailed
	}
	return code
}

// noProbe tells why not one rule could be tried.
func (h *host) noProbe(ctx context.Context, p probe.Options, err error) int {
	switch {
	case ctx.Err() != nil:
		h.complain("interrupted")
		return exitInterrupted
	case errors.Is(err, probe.ErrNoNode):
		h.complain("%v; is it running, and is UDP let through? \"lightdht doctor --join %v\" takes a closer look", err, p.Target)
		return exitNoNetwork
	}
	return h.report(err)
}

// probed tells what a baseline makes of a report, and picks the exit code.
func (h *host) probed(report *probe.Report, known probe.Baseline, file string) int {
	news, mended := known.Compare(report)
	for _, rule := range mended {
		fmt.Fprintf(h.out, "mended, to be taken out of %s: %s\n", file, rule)
	}
	for _, row := range news {
		if row.Severity == probe.Must {
			return exitCheckFailed
		}
	}
	return exitDone
}

// probeWriter prints the rows of a probe and writes the reports.
type probeWriter struct {
	host   *host
	o      *probeOptions
	known  []probe.Row // of an earlier run, that did not come yet: an interrupted run must not lose them
	rows   bytes.Buffer
	bar    *progress
	failed bool // a report could not be written
}

// row prints a row as it comes.
func (w *probeWriter) row(row probe.Row, done, total int) {
	h := w.host
	if w.bar == nil && h.terminal && !w.o.quiet {
		w.bar = &progress{out: h.errout, what: "probing", now: h.now}
	}
	w.bar.clear()
	if !w.o.quiet || row.Failed() {
		fmt.Fprintf(h.out, "%-7s %-6s %s (%s)%s\n", row.Verdict, row.Severity, visible.Text(row.Rule), row.Source, visible.Text(seenText(row)))
	}
	if w.bar != nil {
		w.bar.show(done, total, w.left(done, total))
	}
	w.keep(row)
}

// keep writes the rows so far, and those of the earlier run behind them.
func (w *probeWriter) keep(row probe.Row) {
	w.known = slices.DeleteFunc(w.known, func(k probe.Row) bool { return k.Rule == row.Rule })
	probe.WriteRow(&w.rows, row) // a buffer takes everything
	all := bytes.NewBuffer(bytes.Clone(w.rows.Bytes()))
	for _, k := range w.known {
		probe.WriteRow(all, k)
	}
	for _, path := range w.o.out {
		if strings.HasSuffix(path, ".jsonl") && !w.failed {
			w.write(path, all.Bytes())
		}
	}
}

// write writes a report. If that fails it is said at once, and the probe goes on.
func (w *probeWriter) write(path string, text []byte) {
	if err := files.Write(path, text); err != nil {
		w.failed = true
		w.host.complain("cannot write the report: %v", err)
	}
}

// seenText is what a row has seen, unless the rule passed.
func seenText(row probe.Row) string {
	if row.Verdict == probe.Pass || row.Seen == "" {
		return ""
	}
	return ": " + row.Seen
}

// left is how long the rest takes if it goes on as so far.
func (w *probeWriter) left(done, total int) string {
	spent := w.host.now().Sub(w.bar.began)
	if done == 0 || spent < time.Second {
		return ""
	}
	left := spent * time.Duration(total-done) / time.Duration(done)
	return fmt.Sprintf(", %v left", left.Round(time.Second))
}

// finish writes the reports that are written at the end.
func (w *probeWriter) finish(report *probe.Report, known probe.Baseline) {
	for _, path := range w.o.out {
		write := report.WriteHTML
		switch {
		case strings.HasSuffix(path, ".jsonl"):
			continue
		case strings.HasSuffix(path, ".xml"):
			write = func(to io.Writer) error { return report.WriteJUnit(to, known) }
		}
		var text bytes.Buffer
		if err := write(&text); err != nil {
			w.failed = true
			w.host.complain("cannot write %s: %v", path, err)
			continue
		}
		w.write(path, text.Bytes())
	}
}
