package stdlib_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lightdht/lightdht/engine"
)

// names is every standard name that a script can see.
var names = map[string]string{
	"_G": "_G _VERSION arg assert collectgarbage coroutine debug error gcinfo getfenv getmetatable io ipairs load loadstring " +
		"math module newproxy next os package pairs pcall print rawequal rawget rawset require select setfenv setmetatable " +
		"sleep spawn string table task tonumber tostring type unpack xpcall",
	"coroutine": "create resume running status wrap yield",
	"debug":     "gethook getinfo getmetatable sethook setmetatable traceback",
	"io":        "lines open read stderr stdin stdout type write",
	"math": "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min mod modf pi pow " +
		"rad random randomseed sin sinh sqrt tan tanh",
	"os":      "clock date difftime time",
	"package": "config cpath loaded path preload seeall",
	"string":  "byte char dump find format gfind gmatch gsub len lower match rep reverse sub upper",
	"table":   "concat foreach foreachi getn insert maxn remove setn sort unpack",
	"task":    "map now sleep spawn timeout",
}

// TestNames: a script sees these names and no others, in the same order in every run.
func TestNames(t *testing.T) {
	for table, want := range names {
		first, second := keys(t, table), keys(t, table)
		if !slices.Equal(first, second) {
			t.Errorf("%s: pairs visits %v, in the next run %v", table, first, second)
		}
		slices.Sort(first)
		if got := strings.Join(first, " "); got != want {
			t.Errorf("%s has %s, want %s", table, got, want)
		}
	}
}

// keys lists the keys of a global table in the order of pairs.
func keys(t *testing.T, table string) (list []string) {
	t.Helper()
	e, err := engine.New(engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	values, err := e.Run(context.Background(), "keys.lua",
		"local list = {} for k in pairs("+table+") do list[#list + 1] = k end return list")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values[0].([]any) {
		list = append(list, fmt.Sprint(v))
	}
	return list
}
