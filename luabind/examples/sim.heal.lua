local first, second = sim.nodes()[1], sim.nodes()[2]
sim.partition{ first.addr }
sim.heal()
print(sim.node(1).rpc.ping(second.addr).id == second.id)  --> true
