local member = sim.nodes()[1]
sim.behave(1, "silent")
print(dht.rpc.ping(member.addr, { timeout = 1 }))  -- nil, and that nobody answered
print(sim.nodes()[1].behavior)
