-- exit: 5
-- stderr: hang-xpcall.lua:\d+: over the limit of 1s without a blocking call

local function again() while true do xpcall(error, again) end end
again()
