-- exit: 0
-- stdout: ^17$

-- Recursion through each of them ends in an error, and leaves the rest alone.
local mt, t, u = {}, {}, {}
setmetatable(t, mt)
setmetatable(u, mt)
local function deep(f) return function() f() return 1 end end
local uses = {
  __index = function() return t.x end, __newindex = function() t.x = 1 end, __call = function() return t() end,
  __add = function() return t + 1 end, __sub = function() return t - 1 end, __mul = function() return t * 1 end,
  __div = function() return t / 1 end, __mod = function() return t % 1 end, __pow = function() return t ^ 2 end,
  __unm = function() return -t end, __concat = function() return t .. "x" end, __len = function() return #t end,
  __eq = function() return t == u end, __lt = function() return t < u end, __le = function() return t <= u end,
  __tostring = function() return tostring(t) end, __pairs = function() return pairs(t) end,
}
local names = {}
for name in pairs(uses) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  mt[name] = deep(uses[name])
  local ok, why = pcall(uses[name])
  assert(not ok and tostring(why):find("stack overflow"), name .. ": " .. tostring(why))
  mt[name] = nil
end
print(#names)
