local target = id.random()
local found, recalled = dht.find_node(target), 0
for i, member in ipairs(sim.closest(target)) do
  if found[i].id == member.id then recalled = recalled + 1 end
end
print(recalled, "of", 8)  --> 8	of	8
