-- exit: 5
-- memory: 142MB
-- pings: 1
-- flags: --max-memory 100MiB --max-busy 20s
-- stderr: bomb-string.lua:\d+: over the limit of 100 MiB of memory \(--max-memory\)$

local s = "x"
while true do s = s .. s end
