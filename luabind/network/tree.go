package network

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht/sim"
	"github.com/lightdht/lightdht/luabind/declare"
)

// settingTree is the value of a setting that is a table. Values are float64,
// string, bool, or trees.
type settingTree struct {
	partial bool // it was given in parts, as mix.liar=0.1: what it does not name stays as it was
	entries []settingEntry
}

type settingEntry struct {
	name  string
	value any
}

func (t *settingTree) find(name string) *settingEntry {
	i := slices.IndexFunc(t.entries, func(e settingEntry) bool { return e.name == name })
	if i < 0 {
		return nil
	}
	return &t.entries[i]
}

// value is what a name has in the tree; nil if there is nothing.
func (t *settingTree) value(name string) any {
	if e := t.find(name); e != nil {
		return e.value
	}
	return nil
}

// with is the tree with another value of a name.
func (t *settingTree) with(name string, value any) *settingTree {
	changed := &settingTree{partial: t.partial, entries: slices.Clone(t.entries)}
	if e := changed.find(name); e != nil {
		e.value = value
	} else {
		changed.entries = append(changed.entries, settingEntry{name, value})
	}
	return changed
}

// amend is the value of a setting at path, "mix" or "churn.session", after it was
// one and somebody asks for another: a whole one takes its place, a partial one
// changes what it names. old is nil if nobody has asked before.
func amend(path string, old, asked any) (any, error) {
	parts, ok := asked.(*settingTree)
	if !ok || !parts.partial || old == nil {
		return asked, nil
	}
	t := spelledOut(path, old)
	if t == nil {
		return nil, fmt.Errorf("%s was given a value already", path)
	}
	if isLaw(path) {
		t = t.fitting(parts.value("dist"))
	}
	for _, e := range parts.entries {
		value, err := amend(path+"."+e.name, t.value(e.name), e.value)
		if err != nil {
			return nil, err
		}
		t = t.with(e.name, value)
	}
	return t, nil
}

// spelledOut is the table that a setting's short form stands for: a constant
// latency is a median without a spread, a word a law of churn. nil if the value
// is no table and stands for none.
func spelledOut(path string, value any) *settingTree {
	if t, ok := value.(*settingTree); ok {
		return t
	}
	t := &settingTree{}
	switch {
	case path == "latency":
		return t.with("median", value).with("sigma", 0.0)
	case path == "churn":
		return t.with("session", value)
	case isLaw(path):
		return t.with("dist", value)
	}
	return nil
}

func isLaw(path string) bool { return path == "churn.session" || path == "churn.downtime" }

// fitting is a law without the numbers that only laws of another kind have; all of
// it if the kind is not named.
func (t *settingTree) fitting(dist any) *settingTree {
	foreign := []string{"shape", "scale"}
	switch dist {
	case nil:
		return t
	case sim.Weibull.String():
		foreign = []string{"mean"}
	}
	rest := slices.DeleteFunc(slices.Clone(t.entries), func(e settingEntry) bool { return slices.Contains(foreign, e.name) })
	return &settingTree{partial: t.partial, entries: rest}
}

// settingValue is a value of a script that has been checked: a scalar, or a table
// of such and of tables.
func settingValue(v lua.LValue) any {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v)
	case lua.LBool:
		return bool(v)
	case *lua.LTable:
		t := &settingTree{}
		for k, item := v.Next(lua.LNil); k != lua.LNil; k, item = v.Next(k) {
			t.entries = append(t.entries, settingEntry{k.String(), settingValue(item)})
		}
		return t
	}
	return v.String()
}

// luaValue is the inverse of settingValue. Its tables belong to no Lua state.
func luaValue(value any) lua.LValue {
	t, ok := value.(*settingTree)
	if !ok {
		return Value(value)
	}
	table := &lua.LTable{Metatable: lua.LNil}
	for _, e := range t.entries {
		table.RawSetString(e.name, luaValue(e.value))
	}
	return table
}

// Value is the value of a parameter, as in [Parameter], in Lua.
func Value(v any) lua.LValue {
	switch v := v.(type) {
	case float64:
		return lua.LNumber(v)
	case bool:
		return lua.LBool(v)
	}
	return lua.LString(fmt.Sprint(v))
}

// settingText is a value as Lua has it.
func settingText(value any) string {
	switch v := value.(type) {
	case float64:
		return declare.NumberText(v)
	case *settingTree:
		var parts []string
		for _, e := range v.entries {
			parts = append(parts, e.name+" = "+settingText(e.value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return declare.Show(Value(value))
}
