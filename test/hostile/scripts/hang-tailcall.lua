-- exit: 5
-- stderr: hang-tailcall.lua:\d+: over the limit of 1s without a blocking call

local function f(...) return f(...) end
f(1, 2, 3)
