local addr, hash = sim.nodes()[1].addr, id.sha1("a torrent")
local token = assert(dht.rpc.get_peers(addr, hash)).token
assert(dht.rpc.announce_peer(addr, hash, 51413, token))
print(dht.rpc.get_peers(addr, hash).values[1]:match(":%d+$"))      --> :51413

local _, err = dht.rpc.announce_peer(addr, hash, 51413, "forged")
print(err.kind, err.code)                                         --> remote	203
