-- exit: 0
-- stdout: ^true$

local find_node, id = dht.find_node, dht.id
setmetatable(_G, {
  __index = function(_, name) error("poisoned read of " .. name) end,
  __newindex = function(_, name) error("poisoned write of " .. name) end,
  __tostring = function() error("poisoned") end, __metatable = "mine", __pairs = function() error("poisoned") end,
})
local list = find_node(id)
assert(#list > 0)
local ok, why = pcall(function() return undefined_name end)
assert(not ok and why:find("poisoned read of undefined_name"))
assert(dht.rpc.ping(list[1].addr))
print(#dht.find_node(id) > 0)
