-- exit: 0
-- stdout: ^true$

-- Between tasks and within them, coroutines end in errors where they cannot go on.
local co
co = coroutine.create(function()
  assert(not coroutine.resume(co))
  assert(coroutine.status(co) == "running")
  pcall(coroutine.yield, 1)
  sleep(0.05)
  return "done"
end)
local first = spawn(function() return coroutine.resume(co) end)
sleep(0)
local ok, why = coroutine.resume(co)
assert(not ok and why:find("cannot resume"), why)
local _, _, result = first:wait()
assert(not coroutine.resume(co))
assert(not pcall(coroutine.yield))
table.sort({3, 2, 1}, function(a, b) return not pcall(coroutine.yield) and a < b end)
local w = coroutine.wrap(function() error("within") end)
assert(not pcall(w) and not pcall(w))
coroutine.wrap(function() coroutine.wrap(function() spawn(sleep, 0):wait() end)() end)()
for i = 1, 1000 do coroutine.wrap(function() coroutine.yield() end)() end
print(coroutine.running() == nil)
