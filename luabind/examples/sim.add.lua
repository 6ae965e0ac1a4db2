local target = id.random()
local before = sim.closest(target, 1)[1]
for _, sybil in ipairs(sim.add(3, { near = target })) do
  print(id.closer(target, sybil.id, before.id))
end
--> true
--> true
--> true
