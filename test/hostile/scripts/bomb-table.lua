-- exit: 5
-- memory: 142MB
-- flags: --max-memory 100MiB --max-busy 20s
-- stderr: bomb-table.lua:\d+: over the limit of 100 MiB of memory

local t = {}
while true do
  pcall(function() t[#t + 1] = {} end)
end
