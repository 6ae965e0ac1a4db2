package luabind

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/dht"
	"github.com/lightdht/lightdht/dht/krpc"
	"github.com/lightdht/lightdht/engine"
	"github.com/lightdht/lightdht/luabind/declare"
	"github.com/lightdht/lightdht/luabind/network"
	"github.com/lightdht/lightdht/luabind/plain"
)

var probeOptions = optionTable{Name: "Probe", Options: []option{
	{Name: "alpha", Type: "integer", Min: 1, Max: 100, Default: 3},
	{Name: "any_number", Type: "number", Default: 0.5},
	{Name: "timeout", Type: "seconds", Default: 4.0},
	{Name: "name", Type: "string", Default: "x"},
	{Name: "on", Type: "boolean", Default: true},
	{Name: "each", Type: "function"},
	{Name: "id", Type: "id"},
	{Name: "addr", Type: "address"},
	{Name: "start", Type: "boolean|address[]"},
	{Name: "kind", Type: `"flat"|"buckets"`, Default: "flat"},
}}

// probe is a module that only shows what its functions were given.
var probe = module{Name: "probe", Functions: []function{
	{Name: "id", Args: args("v: id"), Do: func(c *call) int { return c.give(idValue(c.id("v"))) }},
	{Name: "addr", Args: args("v: address"), Do: func(c *call) int { return c.give(addrValue(c.addr("v"))) }},
	{Name: "addrs", Args: args("v: address[]"), Do: func(c *call) int {
		return c.give(plain.List(c.L, c.addrs("v"), func(a netip.AddrPort) lua.LValue { return addrValue(a) }))
	}},
	{Name: "str", Args: args("v: string"), Do: func(c *call) int { return c.give(lua.LString(c.Str("v"))) }},
	{Name: "number", Args: args("v: number"), Do: func(c *call) int { return c.give(lua.LNumber(c.Number("v"))) }},
	{Name: "integer", Args: args("v: integer 1..9, w?: integer 0..1 = 5"), Do: func(c *call) int {
		v, w := c.Integer("v"), c.Integer("w")
		return c.give(lua.LString(fmt.Sprint(v, w)))
	}},
	{Name: "seconds", Args: args("v: seconds"), Do: func(c *call) int { return c.give(secondsValue(c.Seconds("v"))) }},
	{Name: "fn", Args: args("v: fun(): any"), Do: func(c *call) int { return c.give(c.Function("v")) }},
	{Name: "table", Args: args("v: table"), Do: func(c *call) int { return c.give(c.Table("v")) }},
	{Name: "options", Args: args("opts?: Probe", &probeOptions), Do: func(c *call) int {
		o := c.options("opts")
		id, hasID := o.id("id")
		addr, hasAddr := o.addr("addr")
		return c.give(lua.LString(fmt.Sprintln(o.Integer("alpha"), o.Number("any_number"), o.Seconds("timeout"), o.Str("name"), o.Value("on"),
			o.fn("each") != nil, id.String()[:4], hasID, addr, hasAddr, o.Has("start"), o.addrs("start"), o.Str("kind"))))
	}},
	{Name: "object", Do: func(c *call) int { return c.give(c.b.object(c.L, &probeClass, 42)) }},
	{Name: "fail", Do: func(c *call) int { return c.fail(fmt.Errorf("wrapped: %w", dht.ErrTimeout)) }},
	{Name: "wait", Do: func(c *call) int {
		if err := c.park(c.b.engine.Begin("probe.wait")); err != nil {
			return c.fail(err)
		}
		return 0
	}},
}}

var probeClass = class{
	Name:    "test.Object",
	Fields:  []field{{Name: "size", Type: "integer", Get: func(c *call) lua.LValue { return lua.LNumber(c.self.(int)) }}},
	Methods: []function{{Name: "plus", Args: args("n: integer 0..10"), Do: func(c *call) int { return c.give(lua.LNumber(c.self.(int) + c.Integer("n"))) }}},
}

// runProbe runs a script that sees probe.
func runProbe(t *testing.T, source string) error {
	t.Helper()
	b := New(Options{})
	modules := append(b.Modules(), engine.Module{Name: "probe", Open: func(e *engine.Engine, L *lua.LState) lua.LValue {
		return b.table(L, &probe, nil)
	}})
	e, err := engine.New(engine.Options{Clock: engine.NewVirtual(), Modules: modules})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	_, err = e.Run(context.Background(), "s.lua", source)
	return err
}

func TestArguments(t *testing.T) {
	hexID := strings.Repeat("ab", 20)
	tests := []struct {
		lua  string
		want string // the result, or the reason in "bad argument #1 to ..."
	}{
		{`id("` + hexID + `")`, hexID},
		{`id("` + strings.ToUpper(hexID) + `")`, hexID},
		{`id(("\171"):rep(20))`, hexID},
		{`id("abc")`, `(info-hash or id expected: 40 hex digits, got "abc")`},
		{`id(("a"):rep(100))`, `got "` + strings.Repeat("a", 48) + `...")`},
		{`id(12)`, "got 12)"},
		{`addr("192.0.2.1:6881")`, "192.0.2.1:6881"},
		{`addr("[2001:db8::1]:6881")`, "[2001:db8::1]:6881"},
		{`addr("[::ffff:192.0.2.1]:1")`, "192.0.2.1:1"},
		{`addr("192.0.2.1")`, `(address expected: "192.0.2.1:6881", got "192.0.2.1")`},
		{`addr("192.0.2.1:0")`, "address expected"},
		{`addr("192.0.2.1:65536")`, "address expected"},
		{`addr("[fe80::1%eth0]:1")`, "address expected"},
		{`addr("example.org:1")`, "address expected"},
		{`addr(nil)`, "got nil)"},
		{`addr()`, "got no value)"},
		{`addrs({"192.0.2.1:1", "192.0.2.2:2"})[2]`, "192.0.2.2:2"},
		{`addrs({})[1]`, "nil"},
		{`addrs({"192.0.2.1:1", 5})`, "list of addresses expected"},
		{`addrs({a = "192.0.2.1:1"})`, "list of addresses expected"},
		{`addrs({[2] = "192.0.2.1:1"})`, "list of addresses expected"},
		{`str(12)`, "12"},
		{`str("a", nil)`, "a"},
		{`str(false)`, "(string expected, got false)"},
		{`number("0x10")`, "16"},
		{`number("1_000")`, `(number expected, got "1_000")`},
		{`number("nan")`, "number expected"},
		{`number(0/0)`, "(number expected, got nan)"},
		{`integer(9)`, "9 5"},
		{`integer(9, 1)`, "9 1"},
		{`integer(10)`, "(integer 1 to 9 expected, got 10)"},
		{`integer(1.5)`, "integer 1 to 9 expected, got 1.5"},
		{`integer(1e300)`, "integer 1 to 9 expected, got 1e+300"},
		{`seconds(0.25)`, "0.25"},
		{`seconds(-1)`, "(seconds expected: a number, not negative, got -1)"},
		{`seconds(1e300)`, "seconds expected"},
		{`seconds(math.huge)`, "seconds expected"},
		{`fn(5)`, "(function expected, got 5)"},
		{`table("x")`, `(table expected, got "x")`},
	}
	for _, tt := range tests {
		t.Run(tt.lua, func(t *testing.T) {
			err := runProbe(t, `
				local ok, got = pcall(function() return probe.`+tt.lua+` end)
				error(tostring(got), 0)`)
			if got := err.Error(); !strings.HasSuffix(got, tt.want) && !strings.Contains(got, tt.want) {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestOptions(t *testing.T) {
	const defaults = "3 0.5 4s x <nil> false 0000 false invalid AddrPort false false [] flat"
	tests := []struct{ lua, want string }{
		{"", defaults},
		{"nil", defaults},
		{"{}", defaults},
		{`{alpha = 100, any_number = -1, timeout = 0, name = "y", on = false, each = print}`, "100 -1 0s y false true 0000 false invalid AddrPort false false [] flat"},
		{`{id = ("ab"):rep(20), addr = "192.0.2.1:1", start = true, kind = "buckets"}`, "3 0.5 4s x <nil> false abab true 192.0.2.1:1 true true [] buckets"},
		{`{start = {"192.0.2.1:1"}}`, "3 0.5 4s x <nil> false 0000 false invalid AddrPort false true [192.0.2.1:1] flat"},
		{`{alpha = "7"}`, "7 0.5 4s x <nil> false 0000 false invalid AddrPort false false [] flat"},
		{`{alfa = 3}`, "unknown option 'alfa' in options (did you mean 'alpha'?)"},
		{`{zzz = 3}`, "unknown option 'zzz' in options"},
		{`{3}`, "unknown option 1 in options"},
		{`{[{}] = 3}`, "unknown option a table in options"},
		{`{alpha = 0}`, "option 'alpha' of options: integer 1 to 100 expected, got 0"},
		{`{alpha = "x"}`, `option 'alpha' of options: integer 1 to 100 expected, got "x"`},
		{`{alpha = 1.5}`, "option 'alpha' of options: integer 1 to 100 expected, got 1.5"},
		{`{any_number = {}}`, "option 'any_number' of options: number expected, got a table"},
		{`{timeout = -1}`, "option 'timeout' of options: seconds expected, got -1"},
		{`{name = 5}`, "option 'name' of options: string expected, got 5"},
		{`{id = "abc"}`, `option 'id' of options: id (40 hex digits) expected, got "abc"`},
		{`{addr = "abc"}`, `option 'addr' of options: address ("192.0.2.1:6881") expected, got "abc"`},
		{`{start = {1}}`, `option 'start' of options: boolean or list of addresses ({"192.0.2.1:6881", ...}) expected, got a table`},
		{`{kind = "round"}`, `option 'kind' of options: "flat" or "buckets" expected, got "round"`},
		{`5`, "bad argument #1 to 'options' (table of options expected, got 5)"},
	}
	for _, tt := range tests {
		t.Run(tt.lua, func(t *testing.T) {
			err := runProbe(t, `
				local ok, got = pcall(function() return (probe.options(`+tt.lua+`)) end)
				if not ok then assert(got:find("^s.lua:2: "), got) got = got:gsub("^s.lua:2: ", "") end
				error(got, 0)`)
			if got := strings.TrimSuffix(strings.TrimPrefix(err.Error(), "s.lua:4: "), "\n"); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestObjects(t *testing.T) {
	tests := []struct{ source, want string }{
		{"local o = probe.object() assert(o:plus(3) == 45 and o.size == 42 and tostring(o) == 'test.Object')", ""},
		{"local o = probe.object() o:plus(11)", "s.lua:1: bad argument #1 to 'plus' (integer 0 to 10 expected, got 11)"},
		{"local o = probe.object() o.plus(3)", "s.lua:1: 'plus' is a method: call it with a colon, as in object:plus(...)"},
		{"local o = probe.object() o:pluss(3)", "s.lua:1: unknown method 'Object:pluss' (did you mean 'plus'?)"},
		{"local o = probe.object() print(o.siez)", "s.lua:1: unknown field 'Object.siez' (did you mean 'size'?)"},
		{"local o = probe.object() o.size = 3", "s.lua:1: a test.Object is changed by its methods, not by assignment"},
		{"local o = probe.object() assert(getmetatable(o) == false)", ""},
		{"local f = probe.object().plus f({}, 3)", "s.lua:1: 'plus' is a method: call it with a colon, as in object:plus(...)"},
		{"local v, err = probe.fail() assert(v == nil and err.kind == 'timeout' and tostring(err) == 'wrapped: no answer in time')", ""},
		{"local t = spawn(function() local v, err = probe.wait() return err.kind end) spawn(function() t:cancel() end) assert(t:wait() == 'cancelled')", ""},
		{"assert(probe.fail())", "s.lua:1: wrapped: no answer in time"},
	}
	for _, tt := range tests {
		if got := errorText(runProbe(t, tt.source)); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.source, got, tt.want)
		}
	}
}

func TestErrorKinds(t *testing.T) {
	asked := netip.MustParseAddrPort("192.0.2.1:6881")
	query := func(err error) error { return &dht.QueryError{Method: "ping", To: asked, Err: err} }
	tests := []struct {
		err        error
		kind, addr string
		code       float64
	}{
		{query(dht.ErrTimeout), "timeout", "192.0.2.1:6881", 0},
		{query(&krpc.Error{Code: 202, Message: "Server Error"}), "remote", "192.0.2.1:6881", 202},
		{query(dht.ErrMalformed), "malformed", "192.0.2.1:6881", 0},
		{query(dht.ErrStopped), "cancelled", "192.0.2.1:6881", 0},
		{engine.ErrCancelled, "cancelled", "", 0},
		{dht.ErrNoNodes, "unreachable", "", 0},
		{dht.ErrNoAnswer, "timeout", "", 0},
		{dht.ErrBusy, "unreachable", "", 0},
		{errMalformed{errors.New("x")}, "malformed", "", 0},
		{fs.ErrNotExist, "not_found", "", 0},
	}
	L := lua.NewState()
	defer L.Close()
	for _, tt := range tests {
		ev := engine.AsErrorValue(errorValue(L, tt.err))
		addr, _ := ev.Fields["addr"].(lua.LString)
		code, _ := ev.Fields["code"].(lua.LNumber)
		if ev.Kind != tt.kind || string(addr) != tt.addr || float64(code) != tt.code || ev.Message != tt.err.Error() {
			t.Errorf("%v: %+v", tt.err, ev)
		}
	}
}

// Whole numbers have all their digits in what is told of ranges.
func TestRangeText(t *testing.T) {
	for _, tt := range []struct {
		least, most float64
		want        string
	}{
		{0, declare.MaxExact, "integer 0 to 9007199254740992"},
		{-5, 1 << 24, "integer -5 to 16777216"},
		{0, 0.9, "integer 0 to 0.9"},
		{0, 1e300, "integer 0 to 1e+300"},
		{1, 1, "integer"},
	} {
		if got := declare.RangeText("integer", tt.least, tt.most); got != tt.want {
			t.Errorf("%v to %v: %q, want %q", tt.least, tt.most, got, tt.want)
		}
	}
	if _, err := network.ParseSettings([]string{"seed=-1"}); err == nil || err.Error() != "option 'seed': integer 0 to 9007199254740992 expected, got -1" {
		t.Errorf("a seed below 0: %v", err)
	}
}
