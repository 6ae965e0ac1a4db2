package language

// objects are scenes with metatables.
var objects = []string{
	`do
		local function traced(op) return function(p, q) note(op, type(p), type(q)) return <n>, 1 end end
		local meta = {__add = traced "add", __sub = traced "sub", __mul = traced "mul", __div = traced "div", __mod = traced "mod", __pow = traced "pow", __unm = traced "unm", __concat = traced "concat"}
		local o1, o2 = setmetatable({}, meta), setmetatable({}, meta)
		show(o1 + 1, 2 - o1, o1 * o2, o1 / 3, 7 % o1, o1 ^ 2, -o1)
		show(o1 .. "a", "b" .. o2, o1 .. o2, 1 .. o1, "x" .. "y" .. o1 .. "z")
		show(pcall(function() return o1 + <a> end))
		show(pcall(function() return o1 .. nil end), pcall(function() return o1 < o2 end))
	end`,
	`do
		local meta = {__eq = function(p, q) note("eq") return p.v == q.v end, __lt = function(p, q) note("lt") return p.v < q.v end}
		local function new(v) return setmetatable({v = v}, meta) end
		local o1, o2, o3 = new(<n>), new(<n>), new(3)
		show(o1 == o2, o1 ~= o2, o1 == o1, o1 == 3, o1 < o2, o1 > o2, o1 <= o2, o1 >= o3, rawequal(o1, o2))
		meta.__le = function(p, q) note("le") return p.v <= q.v end
		show(o1 <= o2, o2 >= o3, not (o1 < o3))
		show(pcall(function() return o1 < 5 end))
		show(setmetatable({}, {__eq = function() return true end}) == setmetatable({}, {__eq = function() return true end}))
		if o1 < o2 then show("less") elseif o1 == o2 then show("equal") else show("more") end
		local list = {o3, o1, o2} table.sort(list, function(p, q) return p.v < q.v end) show(list[1].v, list[2].v, list[3].v)
	end`,
	`do
		local o1 = setmetatable({v = 1}, {__index = function(t, k) note("index", k) return k end, __newindex = function(t, k, v) note("newindex", k, v) rawset(t, k, v) end})
		show(o1.v, o1.w, o1[<n>], o1[<s>])
		o1.v, o1.w, o1.w = <n>, <n>, 3
		show(o1.w, rawget(o1, "w"), rawget(o1, "none"))
		o1.a, o1.b = o1.b, o1.a
		show(o1.a, o1.b)
	end`,
	`do
		local base = {x = <n>, f = function(self, v) return self.y, v end}
		local middle = setmetatable({y = <n>}, {__index = base})
		local top = setmetatable({}, {__index = middle, __newindex = base})
		show(top.x, top.y, top.z, top:f(<a>))
		top.x, top.z = 10, <n>
		show(base.x, base.z, rawget(top, "x"), top.z, middle.x)
		middle.y = nil show(top.y) middle.f = function(...) return select("#", ...) end show(top:f(<as>))
	end`,
	`do
		local o1 = setmetatable({}, {__call = function(self, ...) note("call", type(self), select("#", ...)) return ... end})
		show(o1(), o1(<a>), o1(<as>))
		show((o1(<as>)), pcall(o1, <a>))
		show(o1 "literal", #{o1(<as>)} >= 0)
		local o2 = setmetatable({}, {__call = o1}) show(pcall(function() return o2(1) end))
		for key in setmetatable({}, {__call = function(self, s, c) c = (c or 0) + 1 if c < 4 then return c end end}) do show(key) end
	end`,
	`do
		local meta = {__tostring = function(o) return "object " .. o.v end, __metatable = "locked"}
		local o1 = setmetatable({v = <n>}, meta)
		print(o1, tostring(o1)) show(tostring(o1), getmetatable(o1), pcall(setmetatable, o1, {}))
		meta.__tostring = function() return <a> end show(pcall(tostring, o1)) show(pcall(print, o1))
		meta.__metatable = nil show(getmetatable(o1) == meta)
	end`,
	`do
		local Class = {} Class.__index = Class
		function Class.new(v, ...) return setmetatable({v = v, n = select("#", ...)}, Class) end
		function Class:get(...) return self.v, self.n, ... end
		function Class:add(v) self.v = self.v + v return self end
		Class.__add = function(p, q) return Class.new((type(p) == "table" and p.v or p) + (type(q) == "table" and q.v or q)) end
		local Derived = setmetatable({}, {__index = Class}) Derived.__index = Derived
		function Derived.new(...) return setmetatable(Class.new(...), Derived) end
		function Derived:get() return "derived", Class.get(self, <a>) end
		local c, d = Class.new(<n>, <as>), Derived.new(<n>)
		show(c:get(<as>)) show(d:add(1):add(<n>):get()) show((c + 1):get()) show((2 + c + c):get())
		show(pcall(function() return d + 1 end)) show(pcall(d.get)) show(pcall(function() return d:missing() end))
	end`,
	`do
		local log = {}
		local proxy = setmetatable({}, {__index = log, __newindex = function(t, k, v) log[k] = (v or 0) + 1 end})
		proxy.x = <n> proxy.x = proxy.x proxy[1], proxy[2] = 1, proxy[1]
		show(proxy.x, proxy[1], proxy[2], next(proxy))
		show(rawset(proxy, "y", 1) == proxy, proxy.y, log.y)
	end`,
	`do
		local o1 = setmetatable({}, {__index = function() error("no field", 2) end, __newindex = function(t, k) error({k}) end, __unm = function() error("unm", 0) end})
		show(pcall(function() return o1.x end)) show(pcall(function() o1.y = <n> end)) show(pcall(function() return -o1 end))
	end`,
	`show(pcall(setmetatable, <a>, {}), pcall(setmetatable, {}, <a>), pcall(setmetatable, {}))`,
	`show(("x").len == string.len, getmetatable(1), getmetatable(nil), #"abc", ("abc").x)`,
	`show(pcall(function() local s = <s> return s.x.y end)) show(pcall(function() local s = <s> s.x = 1 end))`,
	`do local o1 = setmetatable({}, {__lt = function() return nil end, __le = function() return 1 end, __eq = function() return 0 end}) show(o1 < o1, o1 <= o1, o1 == o1, o1 > o1, not (o1 <= o1)) end`,
	`do local o1 = setmetatable({}, {__concat = function(p, q) return (type(p) == "table" and "T" or p) .. "+" .. (type(q) == "table" and "T" or q) end}) show("a" .. 1 .. o1 .. 2 .. "b", o1 .. o1 .. o1) end`,
	`do local o1 = setmetatable({1, 2, 3}, {__mode = "k", __index = {n = 3}}) show(#o1, o1.n, unpack(o1)) for key, value in ipairs(o1) do show(key, value) end end`,
}

// environments are scenes with environments and chunks that are loaded.
var environments = []string{
	`do local env = {x = <n>, show = show} local function f() x = x + 1 y = x show(x) return x end setfenv(f, env) show(f(), env.x, env.y, y, getfenv(f) == env) end`,
	`do local function f() local env = {show = show, v = <n>} setfenv(1, env) w = v show(v, w) return env.w end show(f(), w) end`,
	`do local f = loadstring("v = (v or 0) + 1 return v, ...") local env = setmetatable({}, {__index = _G}) setfenv(f, env) show(f(<as>)) show(f(), env.v, v) end`,
	`do local f, message = loadstring(<s>) show(type(f)) end`,
	`do local f = loadstring("local p = ... return function() p = p + 1 return p end")(<n>) show(f(), f()) end`,
	`show(loadstring("return " .. <n> .. " + 1")()) show(pcall(loadstring("error('in chunk', 0)")))`,
	`do local pieces = {"return ", "1 + ", "2"} local i = 0 show(load(function() i = i + 1 return pieces[i] end)()) end`,
	`do show(getfenv(1) == _G, getfenv(0) == _G, getfenv() == _G) end`,
	`do local function f() return getfenv(2) == _G end show(f()) end`,
	`show(pcall(setfenv, print, {})) show(pcall(setfenv, 1, {})) show(pcall(setfenv, 90, {})) show(pcall(getfenv, -1)) show(pcall(getfenv, 90))`,
	`do local env = setmetatable({}, {__index = function(t, k) return note("global", k) end, __newindex = function(t, k, v) note("set", k, v) end}) local function f() p = q q, r = r, 1 return s end setfenv(f, env) show(f()) end`,
	`do local function outer() local function inner() return where end return inner, function() where = <n> end end setfenv(outer, {}) local get, set = outer() set() show(get(), where, getfenv(get).where) end`,
	`do _G.fresh = <n> show(fresh) fresh = nil show(rawget(_G, "fresh")) _G["a b"] = 1 show(_G["a b"]) _G["a b"] = nil end`,
}

// protectedCalls are scenes in which errors happen, and are caught.
var protectedCalls = []string{
	`show(pcall(function() <block> end))`,
	`show(pcall(function() <block> return <as> end))`,
	`show(pcall(function(...) <block> return ... end, <as>))`,
	`show(xpcall(function() <block> end, function(e) note("handler", type(e)) return e end))`,
	`show(pcall(function() return <n> + <a> end))`,
	`show(pcall(function() return <s> .. <a> end))`,
	`show(pcall(function() return <a> < <a> end))`,
	`show(pcall(function() return #<a> end))`,
	`show(pcall(function() return -<a> end))`,
	`show(pcall(function() local v = <a> return v + 1 end))`,
	`show(pcall(function() local v = <a> return v.x end))`,
	`show(pcall(function() local v = <a> v.x = 1 end))`,
	`show(pcall(function() local v = <a> return v() end))`,
	`show(pcall(function() local v = {} return v.x.y end))`,
	`show(pcall(function() local v = {} v.x.y = 1 end))`,
	`show(pcall(function() local v = {f = <a>} return v.f(1) end))`,
	`show(pcall(function() local v = {} return v:f(1) end))`,
	`show(pcall(function() return undefined.x end))`,
	`show(pcall(function() undefined() end))`,
	`show(pcall(function() return undefined + 1, undefined .. "x", #undefined end))`,
	`show(pcall(function() local up = <a> return (function() return up * 2 end)() end))`,
	`show(pcall(function() local up return (function() return up.x end)() end))`,
	`show(pcall(function() for i = 1, <a> do show(i) if i > 3 then break end end end))`,
	`show(pcall(function() for i = <a>, 2 do show(i) break end end))`,
	`show(pcall(function() for i = 1, 2, <a> do show(i) if true then break end end end))`,
	`show(pcall(function() for key in <a> do show(key) break end end))`,
	`show(pcall(function() local v = {} v[<a>] = 1 v[nil] = 2 end))`,
	`show(pcall(function() local v = {} v[0 / 0] = 2 end))`,
	`show(pcall(function() return ({[nil] = 1}) end))`,
	`show(pcall(error)) show(pcall(error, nil)) show(pcall(error, <a>)) show(pcall(error, {}))`,
	`show(pcall(function() error(<a>) end))`,
	`show(pcall(function() error(<s>, <i>) end))`,
	`show(pcall(function() error(<s>) end), pcall(function() error(<s>, 0) end), pcall(function() error(<s>, 1) end))`,
	`do local function fail() error(<s>, 2) end show(pcall(function() fail() end)) end`,
	`do local object = {code = <n>} local ok, e = pcall(error, object) show(ok, e == object, e.code) end`,
	`show(pcall(function() local ok, e = pcall(error, <s>) show(ok, e) error(e, 0) end))`,
	`show(xpcall(function() error(<s>, 0) end, function(e) return e .. "!", 2 end))`,
	`show(xpcall(function() error({<n>}) end, function(e) return type(e) == "table" and e[1] end))`,
	`show(xpcall(function() return <as> end, print))`,
	`show(pcall(xpcall, <f>)) show(pcall(pcall)) show(pcall(pcall, <a>))`,
	`show(pcall(function() assert(false) end), pcall(function() assert(nil, <s>) end), pcall(function() return assert(<as>) end))`,
	`show(pcall(assert, false, {}), pcall(assert), select("#", assert(<as>, nil)))`,
	`show(pcall(ipairs)) show(pcall(ipairs, <a>)) show(pcall(next, {}, <s>)) show(pcall(rawget, <a>, 1)) show(pcall(rawset, {}, nil, 1))`,
	`show(pcall(unpack, <a>)) show(pcall(select, 0)) show(pcall(select, <a>, <a>)) show(pcall(tonumber)) show(pcall(tonumber, <s>, 99))`,
	`show(pcall(string.rep)) show(pcall(string.rep, <s>, 'x')) show(pcall(string.sub)) show(pcall(string.char, <i>, 300)) show(pcall(string.byte, {}))`,
	`show(pcall(string.format, "%d", <s>)) show(pcall(string.format, "%d")) show(pcall(string.format, "%y", 1)) show(pcall(string.format, "%s", <a>))`,
	`show(pcall(string.find, "a", "[a")) show(pcall(string.find, "a", "%")) show(pcall(string.match, "a", "(a")) show(pcall(string.gsub, "a", "a)", "")) show(pcall(string.find, "a", "%b"))`,
	`show(pcall(string.gsub, <s>, ".", "%1")) show(pcall(string.gsub, <s>, ".", "%2")) show(pcall(string.gsub, <s>, ".", function() return {} end)) show(pcall(string.gsub, "a", "a"))`,
	`show(pcall(table.concat, {1, {}, 3})) show(pcall(table.concat, <a>)) show(pcall(table.concat, {<a>, <s>}, <a>)) show(pcall(table.concat, {1}, "", 1, 2))`,
	`show(pcall(table.insert, <a>, 1)) show(pcall(table.insert, {1}, 1, 2, 3)) show(pcall(table.insert, {})) show(pcall(table.remove, <a>)) show(pcall(table.sort, {3, 1}, <a>))`,
	`show((pcall(table.sort, {1, "x"}))) show((pcall(table.sort, {{}, {}}))) show(pcall(table.maxn, <a>))`,
	`show(pcall(math.floor, <a>)) show(pcall(math.floor)) show(pcall(math.max)) show(pcall(math.random, 2, 1)) show(pcall(math.random, 0)) show(pcall(math.random, 1, 2, 3))`,
	`show(pcall(setmetatable, {}, <a>)) show(pcall(getmetatable)) show(pcall(setfenv, 'x', {})) show(pcall(setfenv, {}, {})) show(pcall(getfenv, true)) show(pcall(loadstring)) show(pcall(load, nil)) show(pcall(load, {}))`,
	`show(pcall(coroutine.create, <a>)) show(pcall(coroutine.resume, <a>)) show(pcall(coroutine.status, <a>)) show(pcall(coroutine.wrap, <a>)) show(pcall(coroutine.yield, <a>))`,
	`show(pcall(("x").rep, <a>, <i>)) show(pcall(("x").bad)) show(pcall(function() return ("x"):bad() end)) show(pcall(function() local s = "x" return s.y.z end))`,
	`show(pcall(function() return math.floor({}), 1 end)) show(pcall(function() return ("x"):rep({}) end)) show(pcall(function() return string.rep() end))`,
	`show(pcall(function() return {} .. "x" end)) show(pcall(function() return "x" .. {} end)) show(pcall(function() return 1 .. nil end)) show(pcall(function() return {} < {} end))`,
	`show(pcall(function() return 1 < "2" end)) show(pcall(function() return nil > 1 end)) show(pcall(function() return {} <= 1 end)) show(pcall(function() return print < print end)) show(pcall(function() return true < false end))`,
	`show(pcall(function() local t = {} t.a.b.c = 1 end)) show(pcall(function() local t = {a = {}} t.a.b.c = 1 end)) show(pcall(function() local t = {} t.x:y() end)) show(pcall(function() math.none() end))`,
	`show(pcall(function() local a1, b1 = {} return a1.x + b1 end)) show(pcall(function() local a1 = {} return a1.x + 1 end)) show(pcall(function() local a1 = {} return 1 + a1[1] end)) show(pcall(function() local a1 = "x" return a1 * 2 end))`,
}
