local target = assert(dht.put("a note"))
local holder = sim.node(sim.closest(target, 1)[1].addr)  -- any member will do
for _, item in ipairs(holder:items()) do
  print(item.target == target, bencode.decode(item.raw))  --> true	a note
end
