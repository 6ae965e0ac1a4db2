package language

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
