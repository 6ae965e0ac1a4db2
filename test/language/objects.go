package language

// objects are scenes with metatables.
var objects = []string{
	`do
		local function traced(op) return function(p, q) note(op, type(p), type(q)) return tonumber(<n>) or 7, 1 end end
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
		meta.__tostring = function() return <a> end show(pcall(tostring, o1))
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
