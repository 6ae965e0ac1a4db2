-- exit: 0
-- stdout: true\n$

-- The test pings on; whatever a handler returns or raises, its pings are answered.
local cycle = {}
cycle.c = cycle
local n, replies = 0, {
  function() error("no") end, function() return cycle end, function() return {x = ("y"):rep(1e6)} end, function() return 1 end,
  function() return {error = {("x"):rep(1e5), {}}} end, function() return {[1] = 2, [true] = false} end, function() return "text" end,
  function() error(cycle) end, function() return setmetatable({}, {__index = error, __pairs = error}) end,
}
dht.on("query", function(q)
  n = n + 1
  local f = replies[n]
  q.args, q.method, q.addr = nil, cycle, error
  if f then return f() end
end)
dht.on("answered", function(q) error(q) end)
dht.on("node", function(entry) entry.id = 1 error("node") end)
local before = task.now()
repeat sleep(0.02) until n > 2 * #replies or task.now() > before + 5
print(n > #replies)
