-- exit: 0
-- stdout: true\n$

pcall(setfenv, 0, {})
local t = spawn(function() return print ~= nil end)
print(t:wait())
print(#dht.find_node(dht.id) > 0)
