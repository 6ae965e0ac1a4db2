local before = sim.stats()
dht.rpc.ping(sim.nodes()[1].addr)
local after = sim.stats()
print(after.sent >= before.sent + 2, after.time > before.time)  --> true	true
