-- exit: 5
-- stderr: bomb-load.lua:\d+: over the limit of 1s without a blocking call

local text = ("a = b + c "):rep(6000)
while true do assert(load(text)) end
