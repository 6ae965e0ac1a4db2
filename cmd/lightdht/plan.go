package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind"
)

// plan is what a sweep is going to do.
type plan struct {
	script *script
	axes   []axis // the seeds first
	runs   int
	files  string // the folder of the runs' folders
}

// axis is one thing that varies, and the values it takes.
type axis struct {
	name    string
	setting bool // of the network, not a parameter of the script
	values  []string
	columns []any    // the values as rows have them
	labels  []string // and names of folders
	given   string   // the values as they were named
}

func (h *host) plan(ctx context.Context, o *sweepOptions, args []string) (*plan, error) {
	if len(args) == 0 {
		return nil, errors.New("sweep needs a script, as in \"lightdht sweep experiment.lua --seeds 1..20\"")
	}
	s := &script{args: args}
	if err := h.readScript(ctx, s, args[0]); err != nil {
		return nil, err
	}
	if err := s.readHeader(); err != nil {
		return nil, err
	}
	seeds, err := parseSeeds(o.seeds)
	if err != nil {
		return nil, err
	}
	p := &plan{script: s, axes: []axis{{"seed", true, seeds, columns(seeds), labels(seeds), o.seeds}}, runs: len(seeds), files: s.filesOfSweep()}
	if s.bundle != nil { // nothing of other sweeps is for it
		p.files = h.freeFolder(p.files)
	}
	if err := files.CheckOwn(p.files, s.owner(p.files)); err != nil {
		return nil, notOwn(err, "move it away")
	}
	for _, text := range o.params {
		a, err := s.axis(text)
		if err != nil {
			return nil, fmt.Errorf("%w%s", err, h.roomForAxis(&a))
		}
		for _, other := range p.axes {
			if other.name == a.name {
				return nil, fmt.Errorf("--param: %s is given twice", a.name)
			}
		}
		p.axes = append(p.axes, a)
		if p.runs *= len(a.values); p.runs > maxRuns {
			return nil, fmt.Errorf("more than %d combinations; name fewer values", maxRuns)
		}
	}
	if s.bundle != nil {
		if err := p.boundGiven(o); err != nil {
			return nil, err
		}
	}
	if o.timeout < 0 {
		return nil, fmt.Errorf("--timeout must not be negative, got %v", o.timeout)
	}
	if err := o.limitFlags.check(); err != nil {
		return nil, err
	}
	if o.workers < 1 {
		return nil, fmt.Errorf("--workers must be at least 1, got %d", o.workers)
	}
	return p, nil
}

// boundGiven bounds the runs of what somebody else has made, where the flags do not.
func (p *plan) boundGiven(o *sweepOptions) error {
	if !o.flags.Changed("timeout") {
		o.timeout = givenTimeout
	}
	if o.spec.Has("nodes") || slices.ContainsFunc(p.axes, func(a axis) bool { return a.setting && a.name == "nodes" }) {
		return nil
	}
	return p.script.boundNodes(givenNodes)
}

// filesOfSweep is the folder of the runs' folders, unless those of another sweep are
// in the way.
func (s *script) filesOfSweep() string { return s.base() + ".sweep" }

// parseSeeds reads A..B, or a list.
func parseSeeds(text string) ([]string, error) {
	first, last, isRange := strings.Cut(text, "..")
	if !isRange {
		seeds, given := strings.Split(text, ","), map[uint64]bool{}
		for _, s := range seeds {
			seed, err := strconv.ParseUint(s, 10, 53)
			if err != nil {
				return nil, fmt.Errorf("--seeds: A..B or a list of whole numbers is needed, got %q", text)
			}
			if given[seed] {
				return nil, fmt.Errorf("--seeds: %d is given twice", seed)
			}
			given[seed] = true
		}
		return seeds, nil
	}
	a, err := strconv.ParseUint(first, 10, 53)
	b, err2 := strconv.ParseUint(last, 10, 53)
	if err != nil || err2 != nil || b < a || b-a >= maxRuns {
		return nil, fmt.Errorf("--seeds: A..B with A not above B is needed, as in 1..20, got %q", text)
	}
	var seeds []string
	for n := a; n <= b; n++ {
		seeds = append(seeds, strconv.FormatUint(n, 10))
	}
	return seeds, nil
}

// axis reads NAME=V1,V2 and checks each value.
func (s *script) axis(text string) (a axis, err error) {
	name, list, ok := strings.Cut(text, "=")
	if !ok || name == "" || list == "" {
		return axis{}, fmt.Errorf("--param: NAME=V1,V2 is needed, as in loss=0,0.1, got %q", text)
	}
	a = axis{name: name, values: strings.Split(list, ","), given: list}
	a.labels = labels(a.values)
	names := luabind.SettingNames()
	if s.header != nil {
		for _, p := range s.header.Params {
			names = append(names, p.Name)
			if p.Name == name {
				a.columns, err = s.paramColumns(a)
				return a, err
			}
		}
	}
	a.setting, a.columns = true, columns(a.values)
	top, _, _ := strings.Cut(name, ".")
	for _, n := range luabind.SettingNames() {
		if n == top {
			for _, v := range a.values {
				if _, err := luabind.ParseSettings([]string{name + "=" + v}); err != nil {
					return a, fmt.Errorf("--param: %w", err)
				}
			}
			return a, nil
		}
	}
	return a, fmt.Errorf("--param: %s is neither a parameter of the script nor a setting of the network%s", name, didYouMean(name, names))
}

// most is the largest number among the values.
func (a *axis) most() (most float64) {
	for _, v := range a.columns {
		if n, ok := v.(float64); ok {
			most = max(most, n)
		}
	}
	return most
}

// roomForAxis is roomFor, if a is numbers of nodes of which some can be of no network.
func (h *host) roomForAxis(a *axis) string {
	if !a.setting || a.name != "nodes" {
		return ""
	}
	return h.roomFor(strconv.FormatFloat(a.most(), 'f', -1, 64))
}

// columns are settings as rows have them: numbers, true and false, words.
func columns(values []string) []any {
	typed := make([]any, len(values))
	for i, v := range values {
		if f, err := strconv.ParseFloat(v, 64); err == nil {
			typed[i] = f
		} else if b := v == "true"; b || v == "false" {
			typed[i] = b
		} else {
			typed[i] = v
		}
	}
	return typed
}

// labels are values as names of folders have them: no two of them the same, not even
// to a file system that takes A for a.
func labels(values []string) []string {
	names, seen := make([]string, len(values)), map[string]bool{}
	for i, v := range values {
		var b strings.Builder
		for _, c := range []byte(v) {
			if alnum := '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'; alnum || strings.IndexByte("._+-", c) >= 0 {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		names[i] = b.String()
		if seen[strings.ToLower(names[i])] {
			names[i] += fmt.Sprintf("~%d", i+1)
		}
		seen[strings.ToLower(names[i])] = true
	}
	return names
}

// paramColumns are the values of a parameter, of the type that the script gave it.
func (s *script) paramColumns(a axis) ([]any, error) {
	var typed []any
	for _, v := range a.values {
		row, err := s.header.Values([]luabind.Param{{Name: a.name, Value: v}})
		if err != nil {
			return nil, fmt.Errorf("--param: %w", err)
		}
		for _, f := range row {
			if f.Name == a.name {
				typed = append(typed, f.Value)
			}
		}
	}
	return typed, nil
}

// at returns the values of combination number i, and as the first columns of its
// rows: the last axis varies fastest.
func (p *plan) at(i int) (values []string, lead record.Row) {
	values, lead = make([]string, len(p.axes)), make(record.Row, len(p.axes))
	for n := len(p.axes) - 1; n >= 0; n-- {
		a := &p.axes[n]
		v := i % len(a.values)
		values[n], lead[n] = a.values[v], record.Field{Name: a.name, Value: a.columns[v]}
		i /= len(a.values)
	}
	return values, lead
}

// maxFolder is how long the name of a run's folder may be, in bytes; file systems
// allow 255.
const maxFolder = 200

// folder is where the files of combination number i go, which no other has.
func (p *plan) folder(i int) string { return filepath.Join(p.files, p.world(i)) }

// world is the name of that folder in p.files.
func (p *plan) world(i int) string {
	parts, rest := make([]string, len(p.axes)), i
	for n := len(p.axes) - 1; n >= 0; n-- {
		a := &p.axes[n]
		parts[n] = a.name + "=" + a.labels[rest%len(a.labels)]
		rest /= len(a.labels)
	}
	name := strings.Join(parts, ",")
	if len(name) > maxFolder {
		name = fmt.Sprintf("%s~%d", name[:maxFolder], i+1)
	}
	return name
}

// describe names a combination in messages.
func (p *plan) describe(values []string) string {
	var parts []string
	for i, a := range p.axes {
		parts = append(parts, a.name+"="+values[i])
	}
	return strings.Join(parts, " ")
}
