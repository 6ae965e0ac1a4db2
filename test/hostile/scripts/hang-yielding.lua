-- exit: 4
-- flags: --timeout 1s
-- stderr: out of time after 1s: interrupted at .*hang-yielding.lua:\d

-- Whoever gives the baton away is not busy; for that there is --timeout.
while true do sleep(0) end
