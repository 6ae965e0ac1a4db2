local hash = id.sha1("a torrent")
local other = sim.node(1)
local reply = assert(other.rpc.get_peers(dht.addr, hash))
assert(other.rpc.announce_peer(dht.addr, hash, 51413, reply.token))
print(dht.peers_stored())  --> 1	1
