-- exit: 0
-- stdout: ^whole$

-- The host's own objects cannot be taken apart, nor can scripts give them other manners.
local task_, err = spawn(function() end), select(2, dht.rpc.ping("127.0.0.1:1", {timeout = 0.1}))
for name, object in pairs{table = dht.table, task = task_, err = err, file = io.stdout, sub = dht.on("node", print), node = dht.open{bootstrap = false}} do
  assert(type(getmetatable(object)) ~= "table", name)
  assert(not pcall(setmetatable, object, {}), name)
  pcall(function() object.__index = {} end)
  pcall(function() object.x = 1 end)
  pcall(rawset, object, "x", 1)
  pcall(rawget, object, "x")
  pcall(next, object)
  tostring(object)
end
assert(#dht.find_node(dht.id) > 0)
print("whole")
