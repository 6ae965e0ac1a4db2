local before = sim.size()
sim.add(10)
print(sim.size() - before)  --> 10
