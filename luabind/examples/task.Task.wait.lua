local t = spawn(function() return "first", "second" end)
print(t:wait())        --> first	second

local failing = spawn(function() error({ reason = "on purpose" }) end)
local _, err = failing:wait()
print(err.reason)      --> on purpose
