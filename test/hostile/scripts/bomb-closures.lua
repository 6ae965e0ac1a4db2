-- exit: 5
-- memory: 142MB
-- flags: --max-memory 100MiB --max-busy 20s
-- stderr: bomb-closures.lua:\d+: over the limit of 100 MiB of memory

local last
while true do
  local before = last
  last = function() return before end
end
