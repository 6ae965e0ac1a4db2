-- exit: 1
-- memory: 142MB
-- stderr: deep-chain.lua:\d+: 

-- Tables that look in tables that look in tables.
local t = {}
for i = 1, 1e5 do t = setmetatable({}, {__index = t, __newindex = t}) end
assert(not pcall(function() t.x = 1 end))
print(t.x)
