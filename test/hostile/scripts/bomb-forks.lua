-- exit: 5
-- flags: --max-tasks 1000
-- stderr: bomb-forks.lua:\d+: over the limit of 1000 tasks

local function fork()
  spawn(fork)
  spawn(fork)
  sleep(0)
end
fork()
