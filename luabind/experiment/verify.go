package experiment

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/lightdht/lightdht/engine/bundle"
	"github.com/lightdht/lightdht/engine/visible"
)

// Recorded is the run that an archive holds. The error says why there is no run that could be
// repeated.
func (x *Experiment) Recorded() (*bundle.Run, error) {
	path := cmp.Or(x.Path, "-")
	switch {
	case x.Archive == nil:
		return nil, fmt.Errorf("%s is a script; verify takes an archive that \"lightdht pack --run\" made", path)
	case x.Archive.Run == nil:
		return nil, fmt.Errorf("%s holds no run to compare with; \"lightdht pack --run\" keeps one", path)
	case x.Archive.Run.Manifest.Seed == nil:
		return nil, fmt.Errorf("%s ran on a real network, which nobody can have again", path)
	}
	return x.Archive.Run, nil
}

// Verify runs an archive again, in the simulated network that it ran in, and compares: difference
// is the first one between the run that it holds and this one, in a line; "" if rows, output, exit
// code and all datagrams are the same. The header must have been read. The error is why there is
// nothing to compare: there is no run to repeat, or it did not reach an end that the other one had.
func (x *Experiment) Verify(ctx context.Context, o Options) (difference string, out Outcome, err error) {
	before, err := x.Recorded()
	if err != nil {
		return "", Outcome{Status: Misused}, err
	}
	o.Keep, o.Stdout = true, io.Discard
	out, err = x.Run(ctx, o)
	switch out.Status {
	case Misused, TimedOut, OverLimit, NoNetwork, Interrupted:
		if before.Manifest.Exit == nil || int(out.Status) != *before.Manifest.Exit {
			return "", out, err
		}
	}
	difference = compare(before, out.Kept)
	if then, now := x.Archive.Version, out.Manifest.Version; difference != "" && then != now {
		difference += fmt.Sprintf("; it was packed by lightdht %s, and this is %s", strings.Join(strings.Fields(visible.Text(then)), " "), now)
	}
	return difference, out, nil
}

// compare finds the first difference between two runs, in a line; "" if they are the same.
func compare(before, now *bundle.Run) string {
	if what := lineDifference("row", before.Results, now.Results); what != "" {
		return what
	}
	if what := lineDifference("line of output", before.Output, now.Output); what != "" {
		return what
	}
	a, b := &before.Manifest, &now.Manifest
	switch {
	case a.Exit == nil || b.Exit == nil || *a.Exit != *b.Exit:
		return fmt.Sprintf("the exit code was %s, now it is %s", exitText(a.Exit), exitText(b.Exit))
	case a.Trace != b.Trace:
		return fmt.Sprintf("the digest of all datagrams was %v, now it is %v", a.Trace, b.Trace)
	}
	return ""
}

func exitText(code *int) string {
	if code == nil {
		return "unknown"
	}
	return fmt.Sprint(*code)
}

// lineDifference finds the first line that differs.
func lineDifference(what string, before, now []byte) string {
	if bytes.Equal(before, now) {
		return ""
	}
	a, b := strings.SplitAfter(string(before), "\n"), strings.SplitAfter(string(now), "\n")
	for i := range max(len(a), len(b)) {
		var old, current string
		if i < len(a) {
			old = a[i]
		}
		if i < len(b) {
			current = b[i]
		}
		if old != current {
			return fmt.Sprintf("%s %d was %s, now it is %s", what, i+1, spelled(old), spelled(current))
		}
	}
	return ""
}

// spelled is a line for a message.
func spelled(line string) string {
	line = strings.TrimSuffix(line, "\n")
	if line == "" {
		return "missing"
	}
	if len(line) > 200 {
		line = line[:200] + "..."
	}
	return visible.Line(line)
}
