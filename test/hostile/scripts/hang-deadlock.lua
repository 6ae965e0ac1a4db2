-- exit: 5
-- stderr: hang-deadlock.lua:\d+: deadlock: no task can go on: 

local a, b
a = spawn(function() sleep(0) b:wait() end)
b = spawn(function() a:wait() end)
a:wait()
