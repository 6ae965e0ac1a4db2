-- exit: 4
-- flags: --timeout 1s
-- stderr: out of time after 1s: interrupted at .*hang-cancelled.lua:\d

-- Nothing that a script catches keeps it alive.
local function stay()
  while true do pcall(sleep, 1) end
end
for i = 1, 10 do spawn(stay) end
stay()
