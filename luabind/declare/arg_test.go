package declare

import (
	"reflect"
	"testing"
)

func TestParseArgs(t *testing.T) {
	tests := []struct {
		list string
		want []Arg // nil: an error
	}{
		{"", []Arg{}},
		{"a: id", []Arg{{Name: "a", Type: "id"}}},
		{"a: id, b?: dht.Options", []Arg{{Name: "a", Type: "id"}, {Name: "b", Type: "dht.Options", Optional: true}}},
		{"f: fun(a: id, b: table<string, any>): any, ...: any", []Arg{{Name: "f", Type: "fun(a: id, b: table<string, any>): any"}, {Name: "...", Type: "any"}}},
		{"f: fun(...: any): ..., ...: any", []Arg{{Name: "f", Type: "fun(...: any): ..."}, {Name: "...", Type: "any"}}},
		{"n: integer -3..160", []Arg{{Name: "n", Type: "integer", Min: -3, Max: 160}}},
		{"n?: integer|nil 1..9 = 8", []Arg{{Name: "n", Type: "integer|nil", Optional: true, Min: 1, Max: 9, Default: "8"}}},
		{"a", nil},
		{"a:", nil},
		{": id", nil},
		{"a: id,, b: id", nil},
		{"n: integer x..9", nil},
		{"n?: integer = many", nil},
	}
	for _, tt := range tests {
		got, err := parseArgs(tt.list)
		if tt.want == nil && err == nil || tt.want != nil && (err != nil || len(got) != len(tt.want) || len(got) > 0 && !reflect.DeepEqual(got, tt.want)) {
			t.Errorf("%q: %+v, %v", tt.list, got, err)
		}
	}
}

// A declaration that makes no sense is noticed when the program starts.
func TestArgsPanics(t *testing.T) {
	walk := &OptionTable{Name: "Walk"}
	for _, declare := range []func(){
		func() { Args("a") },
		func() { Args("a: id", walk) },
	} {
		if !panics(declare) {
			t.Error("a declaration that makes no sense is accepted")
		}
	}
	if args := Args("a: id, opts?: Walk|boolean", walk); args[1].Options != walk || args[0].Options != nil {
		t.Errorf("the options are not tied to their argument: %+v", args)
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		arg  Arg
		want string
	}{
		{Arg{}, ""},
		{Arg{Min: 1, Max: 100, Default: "3"}, "1 to 100, default 3"},
		{Arg{Min: 0, Max: 1 << 30}, "0 or more"},
		{Arg{Default: `"x"`}, `default "x"`},
	} {
		if got := tt.arg.limits(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.arg, got, tt.want)
		}
	}
}
