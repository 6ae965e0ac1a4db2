package network

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/luabind/declare"
)

// settingName is the name of a setting, or of one within it: "mix.silent",
// "churn.session.dist".
var settingName = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z_]+){0,2}$`)

// ParseSettings reads settings as flags give them, NAME=VALUE: "loss=0.1",
// "mix.silent=0.2", "churn.session.dist=weibull". They are the settings that a
// script makes with experiment{network = ...}, and are read by the same code. One
// comes after the other, as in [Spec.With]: of one name, the last counts.
// What they lack may be in a header, so it is no error; see [Spec.Check].
func ParseSettings(settings []string) (Spec, error) {
	root := &settingTree{}
	for _, s := range settings {
		name, text, ok := strings.Cut(s, "=")
		if !ok || !settingName.MatchString(name) {
			return Spec{}, fmt.Errorf("a setting is NAME=VALUE, as in loss=0.1 or mix.silent=0.2, got %q", s)
		}
		top, value := settingAt(name, text)
		value, err := amend(top, root.value(top), value)
		if err != nil {
			return Spec{}, fmt.Errorf("setting %s: %w", name, err)
		}
		root = root.with(top, value)
	}
	spec, err := readSettings(root)
	if err != nil {
		return Spec{}, errors.New(strings.ReplaceAll(err.Error(), " of "+whereNetwork, ""))
	}
	return spec, nil
}

// settingAt is the setting that "churn.session.dist" is part of, and its value if
// nothing but that part is given.
func settingAt(name, text string) (top string, value any) {
	path := strings.Split(name, ".")
	value = flagValue(text)
	for _, part := range slices.Backward(path[1:]) {
		value = &settingTree{partial: true, entries: []settingEntry{{part, value}}}
	}
	return path[0], value
}

// flagValue is what a flag says: a number, true or false, or else a string.
func flagValue(text string) any {
	if f, ok := parseNumber(text); ok {
		return f
	}
	if text == "true" || text == "false" {
		return text == "true"
	}
	return text
}

// parseNumber reads a number as Lua spells it, but only a finite one and nothing beside it: what a
// person writes as "inf" or " 1" may well be meant as a word.
func parseNumber(s string) (float64, bool) {
	f, ok := declare.ToNumber(lua.LString(s))
	return f, ok && !math.IsInf(f, 0) && strings.TrimSpace(s) == s
}

// Short writes the short form of a setting, as flags have it, as settings for [ParseSettings]: of
// latency MEDIAN,SIGMA, of churn LAW or LAW,LAW. Another setting stays as it is; without a name,
// text is a whole setting.
func Short(setting, text string) []string {
	switch first, second, two := strings.Cut(text, ","); {
	case setting == "":
		return []string{text}
	case setting == "latency" && two:
		return []string{"latency.median=" + first, "latency.sigma=" + second}
	case setting == "churn" && two:
		return append(law("churn.session", first), law("churn.downtime", second)...)
	case setting == "churn":
		return law("churn.session", first)
	}
	return []string{setting + "=" + text}
}

// law writes weibull, weibull:SHAPE:SCALE or exponential:MEAN as settings.
func law(prefix, text string) []string {
	parts := strings.Split(text, ":")
	settings := []string{prefix + ".dist=" + parts[0]}
	names := []string{"mean"}
	if parts[0] == "weibull" {
		names = []string{"shape", "scale"}
	}
	for i, value := range parts[1:] {
		name := "surplus" // refused by name
		if i < len(names) {
			name = names[i]
		}
		settings = append(settings, prefix+"."+name+"="+value)
	}
	return settings
}
