package luabind

import (
	"fmt"
	"strings"

	"github.com/lightdht/lightdht/engine"
)

// signature is how a function is called: dht.get_peers(infohash [, opts]).
func signature(name string, f *function) string {
	var b strings.Builder
	b.WriteString(name + "(")
	open := 0
	for i, a := range mustParseArgs(f.Args) {
		switch {
		case a.Optional && i > 0:
			b.WriteString(" [, ")
			open++
		case a.Optional:
			b.WriteString("[")
			open++
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(a.Name)
	}
	b.WriteString(strings.Repeat("]", open) + ")")
	return b.String()
}

// results is what a function returns, with types: "peers: address[], trace: dht.Trace".
func results(f *function) string {
	var words []string
	for _, a := range mustParseArgs(f.Returns) {
		words = append(words, a.String())
	}
	return strings.Join(words, ", ")
}

// failures says how a function fails, or "".
func failures(f *function) string {
	if !f.Fails {
		return ""
	}
	return "nil, err: " + f.Kinds
}

// String is the argument as it is declared.
func (a arg) String() string {
	if a.Optional {
		return a.Name + "?: " + a.Type
	}
	return a.Name + ": " + a.Type
}

// mustParseArgs is parseArgs for what a test has found to be in order.
func mustParseArgs(list string) []arg {
	args, err := parseArgs(list)
	if err != nil {
		panic(err)
	}
	return args
}

// limits is what there is to say of an option besides its type: "1 to 100, default 3".
func (o *option) limits() string {
	var words []string
	switch {
	case o.Max >= maxExact:
		words = append(words, engine.ExactNumber(o.Min)+" or more")
	case o.Max > o.Min:
		words = append(words, strings.TrimPrefix(rangeText("", o.Min, o.Max), " "))
	}
	switch v := o.Default.(type) {
	case nil:
	case string:
		words = append(words, fmt.Sprintf("default %q", v))
	case float64:
		words = append(words, "default "+engine.ExactNumber(v))
	default:
		words = append(words, fmt.Sprintf("default %v", v))
	}
	return strings.Join(words, ", ")
}

// declared is the type of an option, with what is known of tables.
func (o *option) declared() string {
	if o.Table == "" {
		return o.Type
	}
	words := strings.Split(o.Type, "|")
	for i, word := range words {
		if word == "table" {
			words[i] = o.Table
		}
	}
	return strings.Join(words, "|")
}

// optionsOf are the option tables that a function takes.
func optionsOf(f *function) (tables []*optionTable) {
	for _, a := range mustParseArgs(f.Args) {
		if o := optionTables()[a.Type]; o != nil {
			tables = append(tables, o)
		}
	}
	return tables
}

func optionTables() map[string]*optionTable {
	tables := map[string]*optionTable{}
	for _, m := range catalogue() {
		for _, o := range m.Options {
			tables[o.Name] = o
		}
	}
	return tables
}
