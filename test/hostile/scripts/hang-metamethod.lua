-- exit: 5
-- stderr: hang-metamethod.lua:\d+: over the limit of 1s without a blocking call

local t = setmetatable({}, {__index = function(t, k)
  while true do end
end})
print(t.x)
