-- exit: 0
-- stdout: ^collected$

-- There are none: what __gc, __mode and __close say is not heard.
local mt = {__gc = function() while true do end end, __mode = "kv", __close = error}
for i = 1, 1e4 do setmetatable({}, mt) end
collectgarbage("collect")
print("collected")
