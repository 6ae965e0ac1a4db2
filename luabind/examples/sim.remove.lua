local before, leaving = sim.size(), sim.nodes()[1]
print(#sim.remove(10), before - sim.size())      --> 10	10

local left, err = sim.remove("192.0.2.1:6881")
print(left, err.kind)                            --> nil	not_found
