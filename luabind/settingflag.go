package luabind

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// settingName is the name of a setting, or of one within it: "mix.silent".
var settingName = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z_]+)*$`)

// ParseSettings reads settings as flags give them, NAME=VALUE: "loss=0.1",
// "mix.silent=0.2", "churn.session.dist=weibull". They are the settings that a
// script makes with experiment{network = ...}, and are read by the same code. A
// later one of the same name counts.
func ParseSettings(settings []string) (NetworkSpec, error) {
	root := settingTree{}
	for _, s := range settings {
		name, value, ok := strings.Cut(s, "=")
		if !ok || !settingName.MatchString(name) {
			return NetworkSpec{}, fmt.Errorf("a setting is NAME=VALUE, as in loss=0.1 or mix.silent=0.2, got %q", s)
		}
		if err := root.set(strings.Split(name, "."), value); err != nil {
			return NetworkSpec{}, fmt.Errorf("setting %s: %w", name, err)
		}
	}
	h, err := ReadHeader("settings", "experiment{network = "+root.source()+"}")
	if err != nil {
		text := strings.TrimPrefix(err.Error(), "settings:1: ")
		return NetworkSpec{}, fmt.Errorf("%s", strings.ReplaceAll(text, " of the network of experiment", ""))
	}
	return h.Network, nil
}

// settingTree is a Lua table to be: values are strings, or trees.
type settingTree map[string]any

func (t settingTree) set(path []string, value string) error {
	if len(path) == 1 {
		if _, isTree := t[path[0]].(settingTree); isTree {
			return fmt.Errorf("%s has settings of its own, as in %s.NAME=VALUE", path[0], path[0])
		}
		t[path[0]] = value
		return nil
	}
	sub, ok := t[path[0]].(settingTree)
	if !ok {
		if t[path[0]] != nil {
			return fmt.Errorf("%s was given a value already", path[0])
		}
		sub = settingTree{}
		t[path[0]] = sub
	}
	return sub.set(path[1:], value)
}

// source is the table as Lua has it, in the order of names.
func (t settingTree) source() string {
	var b strings.Builder
	b.WriteByte('{')
	for _, name := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(&b, "[%q]=", name)
		switch v := t[name].(type) {
		case settingTree:
			b.WriteString(v.source())
		case string:
			b.WriteString(luaScalar(v))
		}
		b.WriteByte(',')
	}
	b.WriteByte('}')
	return b.String()
}

// luaScalar is a value of a flag as Lua source: a number, a boolean or a string.
func luaScalar(text string) string {
	if f, ok := parseNumber(text); ok {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	if text == "true" || text == "false" {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		fmt.Fprintf(&b, "\\%03d", text[i])
	}
	b.WriteByte('"')
	return b.String()
}
