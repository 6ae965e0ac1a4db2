-- exit: 5
-- stderr: hang-loop.lua:\d+: over the limit of 1s without a blocking call \(--max-busy\)$

while true do end
