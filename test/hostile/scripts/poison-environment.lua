-- exit: 0
-- stdout: ^true$

local find_node, id, write = dht.find_node, dht.id, print
setfenv(1, setmetatable({}, {__index = function() error("empty") end}))
local e = find_node(id)
write(#e > 0)
