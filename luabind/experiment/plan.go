package experiment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/engine/files"
	"github.com/lightdht/lightdht/engine/record"
	"github.com/lightdht/lightdht/luabind/network"
)

// maxRuns bounds the combinations of a sweep (chosen by us).
const maxRuns = 1_000_000

// SweepOptions say what varies over the runs of a sweep. Of its Options those that are of the
// network, the limits, the results and the time count for each run, or for all together where their
// comment in [Sweep] says so.
type SweepOptions struct {
	Options
	Seeds   string   // A..B, or a list: 1,2,5
	Vary    []string // NAME=V1,V2 of parameters of the script and settings of the network, each once
	Workers int      // worlds at a time, at least 1
	// Bound refuses a network of more nodes than that which the header asks for, unless the options
	// do; 0: any number.
	Bound int

	// Ran is told of each run that has ended, one at a time, from the goroutines of the workers.
	Ran func(SweepRun)
	// RunStuck is Options.Stuck, with the values of the run.
	RunStuck func(values string, over *engine.LimitError, finish func())
}

// SweepRun is one run of a sweep that has ended, with the sweep as it is then.
type SweepRun struct {
	Values  string // "seed=1 loss=0.1"
	Outcome Outcome
	Err     error  // as Run returned it
	Said    []byte // what the script wrote to its error output, and its checks that failed
	Done    int    // runs that have ended, this one included
	Failed  int    // of them, those that failed other than by a check
}

// SweepOutcome is what came of a sweep.
type SweepOutcome struct {
	Status   Status
	Done     int // runs that have ended
	Failed   int // of them, those that failed other than by a check
	Checks   int // and those of which only a check failed
	Rows     int64
	Idle     int // runs in which virtual time passed at once; see Outcome.Skipped
	Manifest record.Manifest
}

// Sweep is a script in many simulated worlds: one for each combination of seed and values.
// [Experiment.Plan] makes it.
type Sweep struct {
	Runs  int    // how many combinations there are
	Files string // the folder of the runs' folders
	Moved bool   // Files is not the usual one, in which the files of another sweep are

	x    *Experiment
	o    SweepOptions
	axes []axis // the seeds first
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

// NodesError is about values for the number of nodes, of which the largest may be more than any
// network has.
type NodesError struct {
	Most float64
	Err  error
}

func (e *NodesError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *NodesError) Unwrap() error { return e.Err }

// Plan checks what a sweep is asked to do. The header must have been read.
func (x *Experiment) Plan(o SweepOptions) (*Sweep, error) {
	seeds, err := parseSeeds(o.Seeds)
	if err != nil {
		return nil, err
	}
	p := &Sweep{x: x, o: o, axes: []axis{{"seed", true, seeds, columns(seeds), labels(seeds), o.Seeds}}, Runs: len(seeds)}
	if err := p.claimFiles(); err != nil {
		return nil, err
	}
	for _, text := range o.Vary {
		if err := p.vary(text); err != nil {
			return nil, err
		}
	}
	if !p.varies("nodes") && !o.Network.Has("nodes") && o.Bound > 0 {
		if err := x.CheckNodes(o.Bound); err != nil {
			return nil, err
		}
	}
	switch {
	case o.Timeout < 0:
		return nil, fmt.Errorf("--timeout must not be negative, got %v", o.Timeout)
	case o.Workers < 1:
		return nil, fmt.Errorf("--workers must be at least 1, got %d", o.Workers)
	}
	return p, nil
}

// claimFiles chooses the folder of the runs' folders.
func (p *Sweep) claimFiles() error {
	usual := p.x.base() + ".sweep"
	p.Files = usual
	if p.x.Archive != nil { // nothing of other sweeps is for it
		p.Files = files.Free(usual)
		p.Moved = p.Files != usual
	}
	if err := files.CheckOwn(p.Files, p.x.owner(p.Files)); err != nil {
		return notOwn(err, "move it away")
	}
	return nil
}

// vary adds an axis.
func (p *Sweep) vary(text string) error {
	a, err := p.x.axis(text)
	if err != nil && a.setting && a.name == "nodes" {
		err = &NodesError{a.most(), err}
	}
	switch {
	case err != nil:
		return err
	case p.varies(a.name):
		return fmt.Errorf("--param: %s is given twice", a.name)
	}
	p.axes = append(p.axes, a)
	if p.Runs *= len(a.values); p.Runs > maxRuns {
		return fmt.Errorf("more than %d combinations; name fewer values", maxRuns)
	}
	return nil
}

// varies reports whether there is an axis of that name.
func (p *Sweep) varies(name string) bool {
	return slices.ContainsFunc(p.axes, func(a axis) bool { return a.name == name })
}

// parseSeeds reads A..B, or a list.
func parseSeeds(text string) ([]string, error) {
	first, last, isRange := strings.Cut(text, "..")
	if !isRange {
		return seedList(text)
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

func seedList(text string) ([]string, error) {
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

// axis reads NAME=V1,V2 and checks each value.
func (x *Experiment) axis(text string) (a axis, err error) {
	name, list, ok := strings.Cut(text, "=")
	if !ok || name == "" || list == "" {
		return axis{}, fmt.Errorf("--param: NAME=V1,V2 is needed, as in loss=0,0.1, got %q", text)
	}
	a = axis{name: name, values: strings.Split(list, ","), given: list}
	a.labels = labels(a.values)
	names := network.SettingNames()
	if x.Header != nil {
		for _, p := range x.Header.Params {
			names = append(names, p.Name)
			if p.Name == name {
				a.columns, err = x.paramColumns(a)
				return a, err
			}
		}
	}
	a.setting, a.columns = true, columns(a.values)
	if top, _, _ := strings.Cut(name, "."); slices.Contains(network.SettingNames(), top) {
		return a, a.checkSettings()
	}
	meant := ""
	if near := engine.Nearest(name, names); near != "" {
		meant = fmt.Sprintf(" (did you mean %q?)", near)
	}
	return a, fmt.Errorf("--param: %s is neither a parameter of the script nor a setting of the network%s", name, meant)
}

// checkSettings refuses values that the setting cannot have.
func (a *axis) checkSettings() error {
	for _, v := range a.values {
		if _, err := network.ParseSettings([]string{a.name + "=" + v}); err != nil {
			return fmt.Errorf("--param: %w", err)
		}
	}
	return nil
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

// labels are values as names of folders have them: no two of them the same, not even to a file
// system that takes A for a.
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
func (x *Experiment) paramColumns(a axis) ([]any, error) {
	var typed []any
	for _, v := range a.values {
		row, err := x.Header.Values([]network.Param{{Name: a.name, Value: v}})
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

// at returns the values of combination number i, and as the first columns of its rows: the last
// axis varies fastest.
func (p *Sweep) at(i int) (values []string, lead record.Row) {
	values, lead = make([]string, len(p.axes)), make(record.Row, len(p.axes))
	for n := len(p.axes) - 1; n >= 0; n-- {
		a := &p.axes[n]
		v := i % len(a.values)
		values[n], lead[n] = a.values[v], record.Field{Name: a.name, Value: a.columns[v]}
		i /= len(a.values)
	}
	return values, lead
}

// maxFolder is how long the name of a run's folder may be, in bytes; file systems allow 255.
const maxFolder = 200

// sub is the folder in p.Files for the files of combination number i, which no other has.
func (p *Sweep) sub(i int) string {
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
func (p *Sweep) describe(values []string) string {
	var parts []string
	for i, a := range p.axes {
		parts = append(parts, a.name+"="+values[i])
	}
	return strings.Join(parts, " ")
}
