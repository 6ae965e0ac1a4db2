package luabind

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/luabind/declare"
)

// The definitions are what references and editors will be told, so they must be
// complete and mean something.
func TestDefinitions(t *testing.T) {
	known := knownTypes()
	for _, m := range catalogue().Modules {
		checkText(t, m.Name, m.Text)
		checkFunctions(t, m.Name+".", m.Functions, known)
		checkFields(t, m.Name+".", m.Fields, known)
		for _, o := range m.Options {
			checkText(t, o.Name, o.Text)
			checkOptions(t, o, known)
		}
		for _, cl := range m.Types {
			checkText(t, cl.Name, cl.Text)
			checkFunctions(t, cl.Name+":", cl.Methods, known)
			checkFields(t, cl.Name+".", cl.Fields, known)
		}
	}
}

func knownTypes() map[string]bool {
	known := map[string]bool{}
	for name := range strings.FieldsSeq("any nil boolean number integer string table function thread userdata fun id address seconds dht.Error T R") {
		known[name] = true
	}
	for _, m := range catalogue().Modules {
		known[m.Name] = true
		for _, o := range m.Options {
			known[o.Name] = true
		}
		for _, cl := range m.Types {
			known[cl.Name] = true
		}
	}
	return known
}

func checkText(t *testing.T, name, text string) {
	t.Helper()
	if !strings.HasSuffix(text, ".") {
		t.Errorf("%s: the text is not a sentence: %q", name, text)
	}
}

func checkFunctions(t *testing.T, prefix string, functions []function, known map[string]bool) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range functions {
		name := prefix + f.Name
		if f.Name == "" || seen[f.Name] {
			t.Errorf("%s is declared twice, or without a name", name)
		}
		seen[f.Name] = true
		checkText(t, name, f.Text)
		checkArgs(t, name, f.Args, known)
		checkArgs(t, name, f.Returns, known)
	}
}

func checkArgs(t *testing.T, name string, args []declare.Arg, known map[string]bool) {
	t.Helper()
	optional := false
	for i, a := range args {
		checkType(t, name+" "+a.Name, a.Type, known)
		if a.Name == "..." && i < len(args)-1 || optional && !a.Optional && a.Name != "..." {
			t.Errorf("%s: nothing can follow %s", name, args[max(i-1, 0)].Name)
		}
		for _, m := range catalogue().Modules {
			for _, o := range m.Options {
				if slices.Contains(strings.Split(a.Type, "|"), o.Name) != (a.Options == o) {
					t.Errorf("%s: %s is declared as %s without its options", name, a.Name, o.Name)
				}
			}
		}
		optional = a.Optional
	}
}

func checkFields(t *testing.T, prefix string, fields []field, known map[string]bool) {
	t.Helper()
	for _, f := range fields {
		if f.Text != "" { // some names say it all
			checkText(t, prefix+f.Name, f.Text)
		}
		checkType(t, prefix+f.Name, f.Type, known)
	}
}

func checkOptions(t *testing.T, table *optionTable, known map[string]bool) {
	t.Helper()
	for _, o := range table.Options {
		name := table.Name + "." + o.Name
		checkText(t, name, o.Text)
		checkType(t, name, o.Type, known)
		switch o.Default.(type) {
		case nil, int, float64, string, bool:
		default:
			t.Errorf("%s: default of type %T", name, o.Default)
		}
		for typ := range strings.SplitSeq(o.Type, "|") {
			want := map[string]string{"integer": "int", "number": "float64", "seconds": "float64", "string": "string", "boolean": "bool"}[typ]
			if got := reflect.TypeOf(o.Default); got != nil && want != "" && want != got.String() {
				t.Errorf("%s: default %v is no %s", name, o.Default, typ)
			}
		}
	}
}

var (
	quoted    = regexp.MustCompile(`"[^"]*"`)
	parameter = regexp.MustCompile(`\w+\??:`)
	word      = regexp.MustCompile(`[A-Za-z_][\w.]*`)
)

func checkType(t *testing.T, name, typ string, known map[string]bool) {
	t.Helper()
	if typ == "" {
		t.Errorf("%s has no type", name)
	}
	rest := parameter.ReplaceAllString(quoted.ReplaceAllString(typ, ""), "")
	for _, w := range word.FindAllString(rest, -1) {
		if !known[w] {
			t.Errorf("%s: nobody knows the type %s", name, w)
		}
	}
}
