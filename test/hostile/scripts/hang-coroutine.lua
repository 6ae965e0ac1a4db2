-- exit: 5
-- stderr: hang-coroutine.lua:\d+: over the limit of 1s without a blocking call

local a, b
a = coroutine.wrap(function() while true do coroutine.yield(b()) end end)
b = coroutine.wrap(function() while true do coroutine.yield() end end)
while true do a() end
