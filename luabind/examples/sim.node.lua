local member = sim.node(1)
local peers = assert(member:get_peers(id.sha1("a torrent")))
print(member.addr == sim.nodes()[1].addr, #peers)  --> true	0

local _, err = sim.node("192.0.2.1:6881")
print(err.kind)                                    --> not_found
