-- Blocks while it is being loaded; its value is the id of the first member.
return assert(dht.rpc.ping(sim.nodes()[1].addr)).id
