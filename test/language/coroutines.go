package language

// coroutines are scenes in which values go to and fro.
var coroutines = []string{
	`do local co = coroutine.create(function(...) show(...) local r1, r2 = coroutine.yield(<as>) show(r1, r2) <yield> local n = select("#", coroutine.yield()) show(n) return <as> end)
		show(coroutine.status(co)) for _ = 1, 5 do show(coroutine.resume(co, <as>)) show(coroutine.status(co)) end end`,
	`do local w = coroutine.wrap(function(v) while true do <yield> v = coroutine.yield((v or 0) + 1) if v and v > 3 then return "done", v end end end)
		show(w(1)) show(w(2)) show(w(5)) show(pcall(w)) end`,
	`do local w = coroutine.wrap(function(v) for i = 1, 3 do local back = coroutine.yield(i, <n>) show("back", back) <yield> end end) show(w()) show(w(<a>)) show(pcall(w, <a>)) end`,
	`for v, twice in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, i * 2) <yield> end end) do show(v, twice) end`,
	`do local function deep(n) if n == 0 then return coroutine.yield("bottom") end local r = deep(n - 1) return r, n end local co = coroutine.create(deep) show(coroutine.resume(co, 3)) show(coroutine.resume(co, <a>)) show(coroutine.resume(co)) show(coroutine.status(co)) end`,
	`do local co = coroutine.create(function() local v = <a> coroutine.yield() error(<s>) end) show(coroutine.resume(co)) show(coroutine.resume(co)) show(coroutine.resume(co)) show(coroutine.status(co)) end`,
	`do local co = coroutine.create(function() error({}) end) local ok, e = coroutine.resume(co) show(ok, type(e), coroutine.status(co)) end`,
	`do local co co = coroutine.create(function() show(coroutine.status(co), coroutine.running() == co, pcall(coroutine.resume, co)) coroutine.yield() end) coroutine.resume(co) show(coroutine.status(co)) end`,
	`do local outer = coroutine.wrap(function() local inner = coroutine.wrap(function() coroutine.yield(1) <yield> coroutine.yield(2) end) coroutine.yield(inner()) coroutine.yield(inner()) return "end" end) show(outer()) show(outer()) show(outer()) end`,
	`do local producer = coroutine.create(function() for _, v in ipairs({<n>, <n>, <n>}) do coroutine.yield(v) end return nil end) local function receive() local ok, v = coroutine.resume(producer) return v end local v = receive() while v do show(v) v = receive() end end`,
	`do local co1 local co2 = coroutine.create(function() show(coroutine.status(co1)) coroutine.yield(5) end) co1 = coroutine.create(function() show(coroutine.resume(co2)) show(coroutine.status(co2)) return 1 end) show(coroutine.resume(co1)) show(coroutine.status(co1), coroutine.status(co2)) end`,
	`do local list = {} local w = coroutine.wrap(function(...) local t = {n = select("#", ...), ...} t[#t + 1] = coroutine.yield(t.n) t[#t + 1] = (coroutine.yield(#t)) return unpack(t) end) show(w(1, 2)) show(w(3)) show(w(4, 5)) end`,
	`do local w = coroutine.wrap(function() local a1, b1 = 1, 2 a1, b1 = b1, coroutine.yield(a1) show(a1, b1) local t = {coroutine.yield(), x = coroutine.yield(), coroutine.yield()} show(t[1], t.x, t[2], t[3]) return coroutine.yield() + 1, 2 .. coroutine.yield() end) show(w()) show(w(<a>)) show(w(1)) show(w(2)) show(w(3, 4)) show(w(<n>)) show(w(<s>)) end`,
	`do local w = coroutine.wrap(function() local v = <n> local function up() v = v + 1 return v end coroutine.yield(up) coroutine.yield(v) end) local up = w() up() show(up(), w()) end`,
	`do local w = coroutine.wrap(function(v) return coroutine.yield(v) end) show(w(<a>)) show(w(<as>)) show(pcall(w)) end`,
	`do local w = coroutine.wrap(function() return pcall(error, <s>) end) show(w()) local w2 = coroutine.wrap(function(v) error(v) end) show(pcall(w2, <s>)) show(pcall(coroutine.wrap(function() local v = nil; v.x = 1 end))) end`,
	`do local permute = function(t) local function go(n) if n <= 1 then coroutine.yield(t) else for i = 1, n do t[n], t[i] = t[i], t[n] go(n - 1) t[n], t[i] = t[i], t[n] end end end return coroutine.wrap(function() go(#t) end) end for t in permute({1, 2, 3}) do show(unpack(t)) end end`,
	`do local function gen(n) return coroutine.wrap(function() for i = 2, n do coroutine.yield(i) end end) end local function filter(p, g) return coroutine.wrap(function() while true do local n = g() if n == nil then return end if n % p ~= 0 then coroutine.yield(n) end end end) end local x1 = gen(20) while true do local n = x1() if n == nil then break end show(n) x1 = filter(n, x1) end end`,
	`show(coroutine.resume(coroutine.create(function() return coroutine.running() ~= nil, type(coroutine.running()) end)))`,
	`show(pcall(coroutine.create, print)) show(pcall(coroutine.wrap, print))`,
}

// yields are statements that a coroutine runs itself, outside of any other call.
var yields = []string{
	`coroutine.yield(<as>)`, `show(coroutine.yield(<n>))`, `local got = coroutine.yield() show(got)`, `if coroutine.yield() then show("yes") else show("no") end`,
	`for i = 1, 2 do show(i, coroutine.yield(i)) end`, `show(<n>)`, `show((coroutine.yield(<s>)) == nil)`,
	`do local function step(v) local r = coroutine.yield(v) return r, v end show(step(<n>)) end`,
	`repeat local more = coroutine.yield("more?") until not more or true`,
}

func (g *generator) yielding() *node { return g.statementsOf(one(g, yields)) }
