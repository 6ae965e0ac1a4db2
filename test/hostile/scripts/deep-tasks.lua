-- exit: 5
-- flags: --max-tasks 2000
-- stderr: deep-tasks.lua:\d+: over the limit of 2000 tasks

-- Each waits for the next.
local function chain() return spawn(chain):wait() end
chain()
