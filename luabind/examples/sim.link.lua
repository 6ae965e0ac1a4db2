sim.link{ latency = 0.25, loss = 0 }
print(dht.rpc.ping(sim.nodes()[1].addr).rtt)  --> 0.25

sim.link{ loss = 1 }
local _, err = dht.rpc.ping(sim.nodes()[1].addr)
print(err.kind)                               --> timeout
