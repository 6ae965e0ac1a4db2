sim.churn("weibull")
sleep(3600)  -- some have left, and sim.node(1) may be nil
local member = assert(sim.random{ reachable = true })
local node = assert(sim.node(member.addr))
print(member.online, #node:find_node(id.random()) > 0)  --> true	true
