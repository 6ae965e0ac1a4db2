-- exit: 5
-- flags: --max-output 100KiB
-- stderr: bomb-file.lua:\d+: over the limit of 100 KiB of output

local f = assert(io.open("big", "w"))
while true do f:write(("x"):rep(1000)) end
