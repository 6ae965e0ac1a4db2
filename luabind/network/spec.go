package network

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind/declare"
)

// Spec is a simulated network as somebody asks for it: the header of a
// script, or flags. The numbers have the right kind; whether a world can be made
// of them is for package sim to say.
type Spec struct {
	Config   sim.Config // the settings that were asked for; the rest is zero
	Settings []Setting  // that were asked for
}

// Setting is one thing that was asked for, as Lua has it: loss, 0.1.
type Setting struct {
	Name, Value string

	value any   // the same; see settingTree
	lacks error // what it cannot do without
}

// Has says whether a setting was asked for.
func (s Spec) Has(name string) bool {
	return slices.ContainsFunc(s.Settings, func(a Setting) bool { return a.Name == name })
}

// Check says what a setting lacks that was asked for in parts, as traffic.torrents=20
// does without an every. Of such a Config package sim makes no world either, but
// says so in fewer words.
func (s Spec) Check() error {
	for _, a := range s.Settings {
		if a.lacks != nil {
			return a.lacks
		}
	}
	return nil
}

// With returns s changed by what other asks for. A setting that other has in parts,
// as flags may (mix.liar=0.1), keeps its other parts; any other takes the place of
// the one in s. A constant latency is a median whose sigma is 0, and a law whose dist
// changes keeps the numbers that its new kind has.
func (s Spec) With(other Spec) Spec {
	settings := slices.Clone(s.Settings)
	for _, asked := range other.Settings {
		cfg := &other.Config
		if i := slices.IndexFunc(settings, func(a Setting) bool { return a.Name == asked.Name }); i >= 0 {
			asked, cfg = asked.over(settings[i], cfg)
			settings = slices.Delete(settings, i, i+1)
		}
		findSetting(asked.Name).copy(&s.Config, cfg)
		settings = append(settings, asked)
	}
	s.Settings = settings
	return s
}

// over is a setting, which cfg has, as it changes old, and a configuration that has
// the outcome.
func (a Setting) over(old Setting, cfg *sim.Config) (Setting, *sim.Config) {
	value, err := amend(a.Name, old.value, a.value)
	if err == nil && value == a.value {
		return a, cfg
	}
	merged := Spec{}
	if err == nil {
		merged, err = readSettings((&settingTree{}).with(a.Name, value))
	}
	if err != nil {
		panic("network: two settings are fine, and one after the other is not: " + err.Error())
	}
	return merged.Settings[0], &merged.Config
}

// whereNetwork is what messages call the table experiment{network = ...}.
const whereNetwork = "the network of experiment"

// ReadHeaderNetwork reads the network of a header.
func ReadHeaderNetwork(t *lua.LTable) (Spec, error) { return Read(t, &Options, whereNetwork) }

// Read reads settings from a table of options, of which where is the name in messages. spec is
// [Options], or made by [SettingOptions].
func Read(t *lua.LTable, spec *declare.OptionTable, where string) (Spec, error) {
	r := &reader{}
	n := r.spec(t, spec, where)
	return n, r.err
}

// readSettings reads settings that come from no script. What one of them lacks is
// no error yet; see [Spec.Check].
func readSettings(asked *settingTree) (Spec, error) {
	r := &reader{inParts: true}
	spec := r.spec(luaValue(asked).(*lua.LTable), &Options, whereNetwork)
	if r.err != nil {
		return Spec{}, r.err
	}
	for i := range spec.Settings { // the same, but knows what was given in parts
		spec.Settings[i].value = asked.value(spec.Settings[i].Name)
	}
	return spec, nil
}

// spec reads the settings in t, which are options of a table of them.
func (r *reader) spec(t *lua.LTable, table *declare.OptionTable, where string) (n Spec) {
	o := r.options(t, table, where)
	for i := range table.Options {
		name := table.Options[i].Name
		v := o.Value(name)
		if v == nil || r.err != nil {
			continue
		}
		r.lacking = nil
		findSetting(name).read(r, v, &n.Config)
		value := settingValue(v)
		n.Settings = append(n.Settings, Setting{Name: name, Value: settingText(value), value: value, lacks: r.lacking})
	}
	return n
}

// ReadChurn reads the word of a law, or a table of [ChurnOptions].
func ReadChurn(v lua.LValue) (sim.Churn, error) {
	r := &reader{}
	churn := r.churn(v)
	return churn, r.err
}

// ReadTraffic reads a table of [TrafficOptions].
func ReadTraffic(t *lua.LTable) (sim.Traffic, error) {
	r := &reader{}
	traffic := r.traffic(t)
	return traffic, r.err
}

// ReadSkew reads a table of [SkewOptions].
func ReadSkew(t *lua.LTable) (sim.Skew, error) {
	r := &reader{}
	skew := r.skew(t)
	return skew, r.err
}
