local t = spawn(function() sleep(60) end)
sleep(1)
t:cancel()
local _, err = t:wait()
print(err.kind, t:status(), task.now())  --> cancelled	cancelled	1
