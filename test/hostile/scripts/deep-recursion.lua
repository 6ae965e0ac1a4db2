-- exit: 1
-- stderr: deep-recursion.lua:\d+: stack overflow

local function f() return 1 + f() end
f()
