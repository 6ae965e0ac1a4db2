package declare

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Arg is one argument, or one result, of a function.
type Arg struct {
	Name, Type string
	Optional   bool
	Min, Max   float64      // bounds of a number, if Max is larger than Min
	Default    string       // what a missing one stands for, as Lua writes it; "" if there is nothing to name
	Options    *OptionTable // what a table of options takes
	Text       string       // a sentence about it, which most have no need of
}

// Args reads the declaration of arguments or of results:
//
//	"target: id, k?: integer 1..100 = 8, opts?: dht.WalkOptions"
//
// A question mark says that an argument may be left out, two numbers are the bounds of
// an integer, and a value behind = is the default. The tables are those of the options
// that types name. It is for package variables: a declaration that makes no sense is a
// mistake of the program, and Args panics.
func Args(list string, tables ...*OptionTable) []Arg {
	args, err := parseArgs(list)
	if err != nil {
		panic(err)
	}
	for _, t := range tables {
		i := slices.IndexFunc(args, func(a Arg) bool { return slices.Contains(strings.Split(a.Type, "|"), t.Name) })
		if i < 0 {
			panic(fmt.Sprintf("declare: no argument of %q takes %s", list, t.Name))
		}
		args[i].Options = t
	}
	return args
}

// parseArgs is Args without tables. Commas and colons within brackets belong to a type.
func parseArgs(list string) ([]Arg, error) {
	var args []Arg
	for list != "" {
		end := topLevel(list, ',')
		name, typ, found := strings.Cut(list[:end], ":")
		a := Arg{Name: strings.TrimSpace(name), Type: strings.TrimSpace(typ)}
		a.Name, a.Optional = strings.CutSuffix(a.Name, "?")
		a.Type, a.Default, _ = strings.Cut(a.Type, " = ")
		err := a.takeBounds()
		if a.is("integer") && a.Default != "" && err == nil {
			_, err = strconv.Atoi(a.Default)
		}
		if err != nil || !found || a.Name == "" || a.Type == "" {
			return nil, fmt.Errorf("declare: %q is not \"name: type\"", list[:end])
		}
		args = append(args, a)
		list = strings.TrimPrefix(list[end:], ",")
	}
	return args, nil
}

// bounds are the two numbers behind a type.
var bounds = regexp.MustCompile(`^(.*) (\S+)\.\.(\d\S*)$`)

// takeBounds moves the bounds from the type to where they belong.
func (a *Arg) takeBounds() (err error) {
	m := bounds.FindStringSubmatch(a.Type)
	if m == nil {
		return nil
	}
	a.Type = m[1]
	if a.Min, err = strconv.ParseFloat(m[2], 64); err == nil {
		a.Max, err = strconv.ParseFloat(m[3], 64)
	}
	return err
}

// topLevel is where c first stands outside of all brackets, or the end.
func topLevel(s string, c byte) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '{', '<', '[':
			depth++
		case ')', '}', '>', ']':
			depth--
		case c:
			if depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

// String is the argument with its type: "infohash: id", "opts?: dht.WalkOptions".
func (a Arg) String() string { return a.head() + a.Type }

// head is String without the type.
func (a Arg) head() string {
	if a.Optional {
		return a.Name + "?: "
	}
	return a.Name + ": "
}

// limits are the bounds and the default of the argument: "1 to 100, default 3".
func (a Arg) limits() string {
	return limits(a.Min, a.Max, a.Default)
}

// is reports whether kind is one of the types of the argument.
func (a *Arg) is(kind string) bool {
	if a.Type == kind || kind == "table" && a.Options != nil {
		return true
	}
	for typ := range strings.SplitSeq(a.Type, "|") {
		if typ == kind || typ == "any" || kindOf(typ) == kind {
			return true
		}
	}
	return false
}

// kindOf is the Lua type of functions, lists and literal words.
func kindOf(typ string) string {
	switch {
	case strings.HasPrefix(typ, "fun("):
		return "function"
	case strings.HasPrefix(typ, `"`):
		return "string"
	case strings.HasPrefix(typ, "table<"):
		return "table"
	}
	return typ
}
