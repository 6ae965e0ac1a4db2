package luabind

import (
	"strings"
	"testing"

	"github.com/lightdht/lightdht/dht/sim"
)

// gone and lost are addresses at which nobody is.
const unanswered = `local gone, lost = "192.0.2.1:5", "192.0.2.2:6" `

const (
	silent     = "ping of 192.0.2.1:5 had no answer in time"
	silentLost = "ping of 192.0.2.2:6 had no answer in time"
)

// A nil that came from a failed call says why, as far as it is certain which call that was.
func TestNilRemembersWhy(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"local", `local r = dht.rpc.ping(gone) print(r.id)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"two results", `local r, err = dht.rpc.ping(gone) print(r.id)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"no variable", `print(dht.rpc.ping(gone).id)`, "attempt to index a nil value: " + silent},
		{"global", `r = dht.rpc.ping(gone) print(r.id)`, "attempt to index global 'r' (nil: " + silent + ")"},
		{"field", `local t = {} t.r = dht.rpc.ping(gone) t.r.id = 1`, "attempt to index field 'r' (nil: " + silent + ")"},
		{"field of a constructor", `local t = {r = dht.rpc.ping(gone)} return t.r.id`, "attempt to index field 'r' (nil: " + silent + ")"},
		{"upvalue", `local r = dht.rpc.ping(gone) local function f() return r.id end f()`, "attempt to index upvalue 'r' (nil: " + silent + ")"},
		{"upvalue in a task", `local r = dht.rpc.ping(gone) local _, err = spawn(function() return r.id end):wait() error(err, 0)`, "attempt to index upvalue 'r' (nil: " + silent + ")"},
		{"upvalue in a coroutine", `local r = dht.rpc.ping(gone) coroutine.wrap(function() return r.id end)()`, "attempt to index upvalue 'r' (nil: " + silent + ")"},
		{"copy", `local r = dht.rpc.ping(gone) local s = r print(s.id)`, "attempt to index local 's' (nil: " + silent + ")"},
		{"assigned later", `local r r = dht.rpc.ping(gone) print(r.id)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"through a local function", `local ping = dht.rpc.ping local r = ping(gone) print(r.id)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"through an upvalue", `local rpc = dht.rpc local function f() local r = rpc.ping(gone) return r.id end f()`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"in pcall", `local ok, r, err = pcall(dht.rpc.ping, gone) print(ok, r.id)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"wrapped", `local function ask(a) local r, err = dht.rpc.ping(a) return r, err end local r, err = ask(gone) print(r.id)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"or", `local r = dht.rpc.ping(gone) or nil print(r.id)`, "attempt to index local 'r' (a nil value)"},

		{"called", `local r = dht.rpc.ping(gone) r()`, "attempt to call local 'r' (nil: " + silent + ")"},
		{"method", `local r = dht.rpc.ping(gone) r:x()`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"arithmetic", `local r = dht.rpc.ping(gone) return r + 1`, "attempt to perform arithmetic on local 'r' (nil: " + silent + ")"},
		{"modulo", `local r = dht.rpc.ping(gone) return 2 % r`, "attempt to perform arithmetic on local 'r' (nil: " + silent + ")"},
		{"string arithmetic", `local r = dht.rpc.ping(gone) return "2" + r`, "attempt to perform arithmetic on local 'r' (nil: " + silent + ")"},
		{"minus", `local r = dht.rpc.ping(gone) return -r`, "attempt to perform arithmetic on local 'r' (nil: " + silent + ")"},
		{"length", `local r = dht.rpc.ping(gone) return #r`, "attempt to get length of local 'r' (nil: " + silent + ")"},
		{"concatenated", `local r = dht.rpc.ping(gone) return "a" .. r`, "attempt to concatenate local 'r' (nil: " + silent + ")"},

		{"ipairs", `for _, p in ipairs(dht.rpc.ping(gone)) do end`, "bad argument #1 to 'ipairs' (table expected, got nil: " + silent + ")"},
		{"pairs of a local", `local r = dht.rpc.ping(gone) for _, p in pairs(r) do end`, "bad argument #1 to 'pairs' (table expected, got nil: " + silent + ")"},
		{"an argument of a method", `local r = dht.rpc.ping(gone) return ("x"):rep(r)`, "bad argument #1 to 'rep' (number expected, got nil: " + silent + ")"},
		{"an argument of a module", `local r = dht.rpc.ping(gone) dht.rpc.ping(r)`, "got nil: " + silent + ")"},
		{"an argument that is plainly nil", `local r = dht.rpc.ping(gone) for _, p in ipairs(nil, r) do end`, "bad argument #1 to 'ipairs' (table expected, got nil)"},
		{"the first of two", `local a = dht.rpc.ping(gone) local b = dht.rpc.ping(lost) print(a.id, b.id)`, "attempt to index local 'a' (nil: " + silent + ")"},
		{"the second of two", `local a = dht.rpc.ping(gone) local b = dht.rpc.ping(lost) print(b.id, a.id)`, "attempt to index local 'b' (nil: " + silentLost + ")"},
		{"both in one statement", `local a, b = dht.rpc.ping(gone), dht.rpc.ping(lost) print(b.id, a.id)`, "attempt to index local 'b' (nil: " + silentLost + ")"},
		{"in a loop", `for _, a in ipairs {gone, lost} do local r = dht.rpc.ping(a) if a == lost then print(r.id) end end`, "attempt to index local 'r' (nil: " + silentLost + ")"},
		{"tried again", `local r = dht.rpc.ping(gone) if not r then r = dht.rpc.ping(lost) end print(r.id)`, "attempt to index local 'r' (nil: " + silentLost + ")"},
		{"retries", `local r for _, a in ipairs {gone, lost} do r = dht.rpc.ping(a) if r then break end end print(r.id)`, "attempt to index local 'r' (nil: " + silentLost + ")"},
		{"recursion", `local function f(list, i)
				local r = dht.rpc.ping(list[i])
				if list[i + 1] then pcall(f, list, i + 1) f({sim.nodes()[1].addr}, 1) end
				return r.id
			end
			f({gone, lost}, 1)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"tasks", `local function ask(a) local r = dht.rpc.ping(a) sleep(1) return r.id end
			local one, two = spawn(ask, gone), spawn(ask, lost)
			local _, err = one:wait() two:wait() error(err, 0)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"coroutines", `local function ask(a) local r = dht.rpc.ping(a) coroutine.yield() return r.id end
			local one, two = coroutine.wrap(ask), coroutine.wrap(ask) one(gone) two(lost) one()`, "attempt to index local 'r' (nil: " + silent + ")"},

		{"waited for", `local t = spawn(dht.rpc.ping, gone) local r = t:wait() print(r.id)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"spawned and waited for", `local r = spawn(dht.rpc.ping, gone):wait() print(r.id)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"a task that failed", `local t = spawn(error, "no luck", 0) local r = t:wait() print(r.id)`, "attempt to index local 'r' (nil: no luck)"},
		{"a task that was cancelled", `local t = spawn(sleep, 9) t:cancel() local r = t:wait() print(r.id)`, "attempt to index local 'r' (nil: task cancelled)"},
		{"too late", `local r = task.timeout(1, sleep, 9) print(r.id)`, "attempt to index local 'r' (nil: no result within 1 s)"},
		{"another node", `local n = sim.node(sim.nodes()[1].addr) local r = n.rpc.ping(gone) print(r.id)`, "attempt to index local 'r' (nil: " + silent + ")"},
		{"a method of another node", `local n = assert(dht.open{bootstrap = false}) local peers = n:get_peers(("0"):rep(40)) print(#peers)`,
			"attempt to get length of local 'peers' (nil: get_peers failed: no node to ask: nobody is known and no bootstrap address was given)"},
		{"no such file", `local f = io.open("nowhere") print(f:read())`, "attempt to index local 'f' (nil: "},
		{"no such member", `local n = sim.node(gone) print(n.id)`, "attempt to index local 'n' (nil: node failed: there is no member at 192.0.2.1:5)"},

		// When the nil can have come from elsewhere, nothing is said.
		{"reassigned", `local r = dht.rpc.ping(gone) r = nil print(r.id)`, "attempt to index local 'r' (a nil value)"},
		{"reassigned at times", `local r = dht.rpc.ping(gone) if gone then r = nil end print(r.id)`, "attempt to index local 'r' (a nil value)"},
		{"cached", `local cache = {} local r = dht.rpc.ping(gone) if not r then r = cache[gone] end print(r.id)`, "attempt to index local 'r' (a nil value)"},
		{"another call", `local f = dht.rpc.ping for i = 1, 2 do local r = f(gone) if i == 2 then print(r.id) end f = function() end end`, "attempt to index local 'r' (a nil value)"},
		{"set by a closure", `local r = dht.rpc.ping(gone) local function f() r = nil end f() print((function() return r.id end)())`, "attempt to index upvalue 'r' (a nil value)"},
		{"a field set by somebody", `local t = {} t.r = dht.rpc.ping(gone) local function f(o) o.r = nil end f(t) print(t.r.id)`, "attempt to index field 'r' (a nil value)"},
		{"a field of another table", `local t, u = {}, {} t.r = dht.rpc.ping(gone) t = u print(t.r.id)`, "attempt to index field 'r' (a nil value)"},
		{"a global set by somebody", `function f() r = nil end r = dht.rpc.ping(gone) f() print(r.id)`, "attempt to index global 'r' (a nil value)"},
		{"a field of the reply", `local r = dht.rpc.ping(sim.nodes()[1].addr) print(r.values.x)`, "attempt to index field 'values' (a nil value)"},
		{"a field with __index", `local t = setmetatable({}, {__index = function() end}) t.r = dht.rpc.ping(gone) print(t.r.id)`, "attempt to index field 'r' (a nil value)"},
		{"one closure of several", `local fs = {}
			for i, a in ipairs {gone, lost} do
				local r = dht.rpc.ping(a)
				fs[i] = function() return r.id end
				if i == 2 then fs[1]() end
			end`, "attempt to index upvalue 'r' (a nil value)"},
		{"a register with another variable", `local f do local a f = function() return a.id end end local r = dht.rpc.ping(gone) f()`, "attempt to index upvalue 'a' (a nil value)"},
		{"not reached", `local function f(yes) local r if yes then r = dht.rpc.ping(gone) end return r.id end pcall(f, true) f(false)`, "attempt to index local 'r' (a nil value)"},
		{"the second result", `local _, trace = dht.get_peers(("0"):rep(40)) local r = dht.rpc.ping(gone) print(trace.x.y)`, "a trace has no field 'x'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := runWithLibrary(t, sim.Config{Nodes: 20, Seed: 1}, unanswered+test.script)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s\n\tfails with %v\n\twant       %s", test.script, err, test.want)
			}
		})
	}
}
