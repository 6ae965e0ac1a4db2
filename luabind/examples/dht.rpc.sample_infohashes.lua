local hash = id.sha1("a torrent")
assert(dht.announce_peer(hash, 6881))
local node = assert(dht.find_node(hash))[1]
local reply = assert(dht.rpc.sample_infohashes(node.addr, id.random()))
print(reply.num, reply.samples[1] == hash, reply.interval)
