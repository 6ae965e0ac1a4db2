-- exit: 0
-- stdout: ^true\ttrue\tfalse\tcannot resume normal coroutine\nfalse\t.*too many nested coroutines\n$

-- Three lines that end the process where nobody looks after them.
local a, b
a = coroutine.create(function() return coroutine.resume(b) end)
b = coroutine.create(function() return coroutine.resume(a) end)
print(coroutine.resume(a))

local function nest() coroutine.wrap(nest)() end
print(pcall(nest))
