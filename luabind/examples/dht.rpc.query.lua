local addr = sim.nodes()[1].addr
local reply = assert(dht.rpc.query(addr, "find_node", { target = id.random() }))
print(#reply.raw.nodes / 26)       --> 8

local _, err = dht.rpc.query(addr, "make_tea")
print(err.kind, err.code)          --> remote	204
