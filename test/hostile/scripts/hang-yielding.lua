-- exit: 4
-- flags: --timeout 1s
-- stderr: out of time after 1s: interrupted at .*hang-yielding.lua:\d

-- A task that gives the baton away is not busy; --timeout ends it.
while true do sleep(0) end
