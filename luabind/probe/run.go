package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/entry"
	"github.com/lightdht/lightdht/dht/member"
	"github.com/lightdht/lightdht/luabind/experiment"
	"github.com/lightdht/lightdht/luabind/network"
)

// Options say what to examine, and how.
type Options struct {
	// Target is the address of the node. Without one, a member of a simulated network is examined.
	Target netip.AddrPort
	// Only runs those groups and rules only that have this in their names; "": all.
	Only string
	// Rate is the most queries a second to the node, by all sockets together; 0: 1 to 2, by what it
	// takes.
	Rate float64
	// Patience is how long an answer is waited for; 0: 1 s, in a simulation 5 s.
	Patience time.Duration
	// Slow runs the probes that take minutes to hours. In a simulation they always run, as they
	// take no time there.
	Slow bool
	// Listen is where to ask from; the zero value: any port of the address that the system chooses.
	// Second is another IP address of the machine, for the probes that need two; on the loopback
	// interface and in a simulation there are more.
	Listen, Second netip.AddrPort
	// Network changes the simulated network; see [network.ParseSettings]. Default: 50 nodes.
	Network network.Spec
	// Known are rows of a run that was interrupted: what has a verdict there is not tried again.
	Known []Row
	// Tell is called with each row as it comes, and how many of all there are; from the goroutine
	// of Run. It may be nil.
	Tell func(row Row, done, total int)
}

// ErrNoNode is wrapped by the error of a probe of an address where no node answers.
var ErrNoNode = errors.New("no node answers")

// program asks the module that holds the probes.
const program = `
local conformance = require "lightdht.conformance"
local rows = {}
for i = 1, #known do -- of Go
  local row = known[i]
  rows[i] = {
    group = row.Group, severity = row.Severity, verdict = row.Verdict, rule = row.Rule, source = row.Source,
    seen = row.Seen, sent = row.Sent, got = row.Got,
  }
end
local options = {
  rate = rate > 0 and rate or nil, patience = patience > 0 and patience or nil, slow = slow or sim ~= nil,
  only = only ~= "" and only or nil, second = second ~= "" and second or nil, known = rows,
}
if target == "" then target = sim.nodes()[1].addr end
local report, why = conformance.run(target, options, function(row, done, total)
  tell(row.group, row.severity, row.verdict, row.rule, row.source, row.seen, row.sent, row.got, done, total)
end)
if not report then return false, why end
return true, report.version, report.queries, report.cost or "", report.target`

// Run examines a node. The report is not nil if there is an error after rows came: when ctx ended,
// for example. It blocks for some minutes, since the node is asked as seldom as it takes it well.
func Run(ctx context.Context, o Options) (*Report, error) {
	x := experiment.New("lightdht probe", program)
	report := &Report{}
	options := experiment.Options{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Rows: experiment.RowsNowhere,
		Network: o.Network, Limits: experiment.Limits{Busy: experiment.Unlimited, Instructions: experiment.Unlimited},
		Values: map[string]any{
			"rate": o.Rate, "patience": o.Patience.Seconds(), "slow": o.Slow, "only": o.Only, "target": "", "second": "", "known": append([]Row{}, o.Known...),
			"tell": func(group, severity, verdict, rule, source, seen, sent, got string, done, total int) {
				row := Row{group, severity, verdict, rule, source, seen, sent, got}
				report.Rows = append(report.Rows, row)
				if o.Tell != nil {
					o.Tell(row, done, total)
				}
			},
		},
	}
	if o.Target.IsValid() {
		report.Target = o.Target.String()
		options.Values["target"] = report.Target
		if o.Second.IsValid() {
			options.Values["second"] = netip.AddrPortFrom(o.Second.Addr(), 0).String()
		}
		way, err := o.way()
		if err != nil {
			return report, err
		}
		options.Real = &member.Config{Way: way, Warn: func(string) {}}
	} else if !o.Network.Has("nodes") {
		small, err := network.ParseSettings([]string{"nodes=50"})
		if err != nil {
			return nil, err
		}
		options.Network = small.With(o.Network)
	}
	outcome, err := x.Run(ctx, options)
	if len(outcome.Values) < 2 {
		return report, err
	}
	if found, _ := outcome.Values[0].(bool); !found {
		return report, refusal(fmt.Sprint(outcome.Values[1]))
	}
	report.Version, report.Cost, report.Target = fmt.Sprint(outcome.Values[1]), fmt.Sprint(outcome.Values[3]), fmt.Sprint(outcome.Values[4])
	if n, ok := outcome.Values[2].(float64); ok {
		report.Queries = int(n)
	}
	return report, err
}

// refusal makes an error of why the module did not begin.
func refusal(why string) error {
	if strings.HasPrefix(why, "no node answers") {
		return fmt.Errorf("%w%s", ErrNoNode, strings.TrimPrefix(why, "no node answers"))
	}
	return errors.New(why)
}

// way leads to the target and to no other node, from an address that is known: probes compare it
// with what the target says of it. On the loopback interface each node of a probe has an IP address
// of its own.
func (o *Options) way() (entry.Way, error) {
	from := o.Listen
	if !from.IsValid() {
		from = netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
	}
	if from.Addr().IsUnspecified() {
		ip, err := entry.Route(unspecified(o.Target.Addr()), o.Target)
		if err != nil {
			return entry.Way{}, entry.Errorf("this machine has no way to %v (%v); is it connected?", o.Target, err)
		}
		from = netip.AddrPortFrom(ip, from.Port())
	}
	w := entry.Way{Raw: true, Listen: entry.AddressesOf(from)}
	grant := func(p netip.Prefix) { w.Grants = append(w.Grants, dht.Grant{Prefix: p, First: 0, Last: 65535}) }
	grant(netip.PrefixFrom(o.Target.Addr(), o.Target.Addr().BitLen()))
	if o.Target.Addr().IsLoopback() && o.Target.Addr().Is4() {
		grant(netip.MustParsePrefix("127.0.77.0/24"))
	}
	if o.Second.IsValid() {
		grant(netip.PrefixFrom(o.Second.Addr(), o.Second.Addr().BitLen()))
	}
	return w, nil
}

// unspecified is the address of the family that stands for all of a machine.
func unspecified(of netip.Addr) netip.Addr {
	if of.Is4() {
		return netip.IPv4Unspecified()
	}
	return netip.IPv6Unspecified()
}
