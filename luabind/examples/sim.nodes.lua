local members = sim.nodes()
local first = members[1]
print(#members == sim.size(), first.online, first.reachable)  --> true	true	true
