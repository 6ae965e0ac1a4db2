-- A call that blocks works anywhere in Lua, while other tasks go on.

sim.link{ latency = 0.05 }
local members = sim.nodes()
local turn = 0
local function next_addr() -- nobody answers one that asks too often
  turn = turn % #members + 1
  return members[turn].addr
end
local state = { ticks = 0, stop = false }
local tickers = {}
for i = 1, 5 do
  tickers[i] = spawn(function()
    while not state.stop do
      assert(dht.rpc.ping(next_addr()))
      state.ticks = state.ticks + 1
    end
  end)
end

sleep(0.01)

-- ask blocks for a round trip; others must have had their turns meanwhile.
local function ask()
  local before = state.ticks
  assert(dht.rpc.ping(next_addr()))
  assert(state.ticks > before, "nobody else ran")
  return "answer"
end
local answer = ask()

local function place(name, fn)
  local before = task.now()
  local ok, got = pcall(fn)
  check(name, ok and got == answer and task.now() > before, tostring(got))
end

place("a plain call", ask)
place("a tail call", function() return ask() end)
place("pcall", function()
  local ok, got = pcall(ask)
  return ok and got
end)
place("pcall in pcall", function() return select(3, pcall(pcall, ask)) end)
place("xpcall", function() return select(2, xpcall(ask, print)) end)
place("the handler of xpcall", function() return select(2, xpcall(error, function() return ask() end)) end)
place("a Lua iterator", function()
  local got
  for v in function(_, last) if not last then return ask() end end do got = v end
  return got
end)
place("the body of pairs", function()
  local got
  for _ in pairs{ 1, 2 } do got = ask() end
  return got
end)
place("the body of pairs(dht.table)", function()
  local got
  for _ in pairs(dht.table) do got = ask() end
  return got
end)
place("the body of dht.table:each()", function()
  local got
  for _ in dht.table:each() do got = ask() end
  return got
end)
place("a sort comparator", function()
  local got
  local list = { 3, 1, 2, 5, 4 }
  table.sort(list, function(a, b) got = ask(); return a < b end)
  assert(table.concat(list) == "12345")
  return got
end)
place("a gsub callback", function()
  local got
  local s = ("abc"):gsub("%w", function(c) got = ask(); return c:upper() end)
  assert(s == "ABC")
  return got
end)
place("gmatch", function()
  local got
  for _ in ("a b"):gmatch("%w") do got = ask() end
  return got
end)
place("a coroutine", function()
  local co = coroutine.create(function(x)
    local first = ask()
    local y = coroutine.yield(x + 1)
    assert(y == "y" and ask() == first)
    return first
  end)
  assert(select(2, coroutine.resume(co, 1)) == 2)
  return select(2, coroutine.resume(co, "y"))
end)
place("coroutine.wrap in pcall in sort", function()
  local got
  table.sort({ 2, 1 }, function(a, b)
    got = select(2, pcall(coroutine.wrap(function() return ask() end)))
    return a < b
  end)
  return got
end)
place("a generator", function()
  local got
  for v in coroutine.wrap(function() for _ = 1, 3 do coroutine.yield(ask()) end end) do got = v end
  return got
end)
place("load", function() return assert(loadstring("local ask = ...; return ask()"))(ask) end)

local object
object = setmetatable({}, {
  __index = function(_, key) return key == "id" and ask() or nil end,
  __newindex = function(t, key) rawset(t, key, ask()) end,
  __call = function() return ask() end,
  __add = function() return ask() end,
  __unm = function() return ask() end,
  __concat = function() return ask() end,
  __len = function() return ask() end,
  __eq = function() return ask() == answer end,
  __lt = function() return ask() == answer end,
  __le = function() return ask() == answer end,
  __tostring = function() return ask() end,
  __pairs = function() return function(_, last) if not last then return ask() end end end,
})
local twin = setmetatable({}, getmetatable(object))
place("__index", function() return object.id end)
place("__newindex", function() object.x = 1; return rawget(object, "x") end)
place("__call", function() return object() end)
place("__add", function() return object + 1 end)
place("__unm", function() return -object end)
place("__concat", function() return object .. "" end)
place("__len", function() return #object end)
place("__eq", function() return object == twin and answer end)
place("__lt", function() return object < twin and answer end)
place("__le", function() return object <= twin and answer end)
place("__tostring", function() return tostring(object) end)
place("__pairs", function() for v in pairs(object) do return v end end)

place("on_reply", function()
  local got
  assert(dht.find_node(id.random(), { on_reply = function() got = ask() end }))
  return got
end)
place("dht.table:sorted(fn)", function()
  local got
  dht.table:sorted(function(n) got = ask(); return n.port end)
  return got
end)
place("dht.table:filter(fn)", function()
  local got
  dht.table:filter(function() got = ask() end)
  return got
end)
place("task.map", function() return task.map({ 1, 2, 3 }, function() return ask() end)[3] end)
place("a handler of dht.on", function()
  local got
  local sub = dht.on("query", function(q) got = ask() end)
  assert(sim.node(5).rpc.ping(dht.addr, { timeout = 10 }))
  sub:off()
  return got
end)
place("require", function() return require("modules.asks")(ask) end)
place("a module while it loads", function()
  check("the module's value", require("modules.blocks") == members[1].id)
  return answer
end)

-- Walks in all of these at once give each its own answer.
local targets = {}
for i = 1, 20 do targets[i] = id.random() end
local nearest = task.map(targets, function(target)
  local _, found = pcall(coroutine.wrap(function() return dht.find_node(target)[1].id end))
  return found
end, { parallel = 20 })
for i, target in ipairs(targets) do
  assert(nearest[i] == sim.closest(target, 1)[1].id, "walks are mixed up")
end

state.stop = true
for _, t in ipairs(tickers) do assert(t:wait() == nil) end
print(("%d ticks in %.6f s"):format(state.ticks, task.now()))
