local addr = sim.nodes()[1].addr
local reply = assert(dht.rpc.ping(addr))
print(reply.id == sim.nodes()[1].id, reply.rtt > 0)  --> true	true

local _, err = dht.rpc.ping("192.0.2.1:6881", { timeout = 1 })
print(err.kind, err)  --> timeout	ping to 192.0.2.1:6881: no answer in time
