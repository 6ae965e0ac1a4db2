local first, second = sim.nodes()[1], sim.nodes()[2]
sim.partition{ first.addr }
print(sim.node(1).rpc.ping(second.addr, { timeout = 1 }))  -- nil, and that nobody answered
sim.heal()
