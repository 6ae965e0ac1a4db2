-- Coroutines (2.11, 5.2).
local co = coroutine.create(function(a, b)
  print("start", a, b)
  local c = coroutine.yield(a + b)
  print("then", c)
  local d, e = coroutine.yield(c * 2)
  print("last", d, e)
  return "end", "of it"
end)
print(coroutine.status(co))
print(coroutine.resume(co, 1, 2))
print(coroutine.resume(co, 10))
print(coroutine.status(co))
print(coroutine.resume(co, "x", "y"))
print(coroutine.status(co))
print(coroutine.resume(co))

local function numbers(n)
  return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end)
end
local sum = 0
for i in numbers(100) do sum = sum + i end
print(sum)

local function permute(a, n)
  if n == 0 then coroutine.yield(table.concat(a)) end
  for i = 1, n do
    a[n], a[i] = a[i], a[n]
    permute(a, n - 1)
    a[n], a[i] = a[i], a[n]
  end
end
for p in coroutine.wrap(function() permute({ "a", "b", "c" }, 3) end) do io.write(p, " ") end
print()

-- Status, running, nesting.
print(coroutine.running())
local outer
outer = coroutine.create(function()
  print(coroutine.status(outer), coroutine.running() == outer)
  local inner = coroutine.create(function() print(coroutine.status(outer)) print(coroutine.resume(outer)) end)
  coroutine.resume(inner)
  print(coroutine.resume(coroutine.running()))
end)
print(coroutine.resume(outer))

-- Errors.
co = coroutine.create(function() error("inside") end)
print(coroutine.resume(co))
print(coroutine.status(co), coroutine.resume(co))
co = coroutine.create(function() error({ code = 5 }) end)
local ok, err = coroutine.resume(co)
print(ok, type(err), err.code)
print(pcall(function() coroutine.wrap(function() error("x") end)() end))
print(pcall(function() coroutine.wrap(function() error("x", 0) end)() end))
print(pcall(function() local w = coroutine.wrap(function() return 1 end) w() w() end))
print(pcall(function() coroutine.yield() end))
print(coroutine.resume(coroutine.create(function() pcall(coroutine.yield, 1) return "not through pcall" end)))
print(pcall(function() coroutine.create() end))
print(pcall(function() coroutine.create({}) end))
print(pcall(function() coroutine.create(print) end))
print(pcall(function() coroutine.wrap(nil) end))
print(pcall(function() coroutine.resume({}) end))
print(pcall(function() coroutine.status() end))
print(select("#", coroutine.resume(coroutine.create(function(...) return ... end), nil, nil)))
print(coroutine.resume(coroutine.create(function() return pcall(error, "e") end)))

-- A coroutine in a coroutine in an iterator.
local gen
function gen(t) return coroutine.wrap(function() for _, v in ipairs(t) do
  if type(v) == "table" then for x in gen(v) do coroutine.yield(x) end else coroutine.yield(v) end
end end) end
for x in gen { 1, { 2, { 3, 4 } }, 5 } do io.write(x, " ") end
print()
