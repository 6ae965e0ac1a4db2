-- exit: 5
-- memory: 142MB
-- flags: --max-memory 100MiB --max-busy 20s
-- stderr: bomb-coroutines.lua:\d+: over the limit of 100 MiB of memory

local all = {}
while true do
  local co = coroutine.wrap(function() coroutine.yield() end)
  co()
  all[#all + 1] = co
end
