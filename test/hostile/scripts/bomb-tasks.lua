-- exit: 5
-- flags: --max-tasks 1000
-- stderr: bomb-tasks.lua:\d+: over the limit of 1000 tasks \(--max-tasks\)$

while true do
  pcall(spawn, sleep, 1e9)
end
