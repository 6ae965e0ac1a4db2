-- exit: 5
-- memory: 142MB
-- flags: --max-memory 100MiB --max-busy 10s
-- stderr: bomb-arrays.lua:\d+: over the limit of 100 MiB of memory

local all = {}
for i = 1, 1000 do
  all[i] = {}
  for j = 1, 2 ^ 16 do all[i][j] = true end
end
