local addr, target = sim.nodes()[1].addr, id.random()
local reply = assert(dht.rpc.find_node(addr, target))
print(#reply.nodes)  --> 8
