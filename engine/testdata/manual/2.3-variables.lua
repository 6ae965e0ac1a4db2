-- Variables and environments (2.3, 2.9).
x = 1
local y = 2
print(_G.x, _G.y, _G._G == _G, x == _G["x"])
local function counter()
  local n = 0
  return function() n = n + 1 return n end, function() return n end
end
local up, look = counter()
up() up()
print(look(), (counter()()))
local f = setfenv(function() z = 5 return z, x end, { x = "env" })
print(f())
print(z, getfenv(f).z, getfenv(1) == _G, getfenv(0) == _G, getfenv(print) == _G, getfenv() == _G)
local g = loadstring("a = 1 return a")
setfenv(g, setmetatable({}, { __index = _G, __newindex = function(t, k, v) rawset(t, k, v * 10) end }))
print(g(), a, rawget(getfenv(g), "a"))
local function inner() return getfenv(2) end
local function outer() local e = inner() return e end
setfenv(outer, { inner = inner })
print(outer() == getfenv(outer), getfenv(inner) == _G)
local function change() setfenv(2, { print = print, tag = "changed" }) end
local function changed() change() return tag end
print(changed(), tag)
print(pcall(function() getfenv(-1) end))
print(pcall(function() getfenv(200) end))
print(pcall(function() setfenv(print, {}) end))
print(pcall(function() setfenv(function() end) end))
print(pcall(function() setfenv(1, 1) end))
print(pcall(function() getfenv("x") end))
