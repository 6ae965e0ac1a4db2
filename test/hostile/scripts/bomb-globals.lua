-- exit: 5
-- memory: 142MB
-- flags: --max-memory 100MiB --max-busy 20s
-- stderr: bomb-globals.lua:\d+: over the limit of 100 MiB of memory

local n = 0
while true do
  n = n + 1
  _G["g" .. n] = n
end
