local hash = id.sha1("a torrent")
assert(dht.announce_peer(hash, 6881, { seed = true }))
assert(sim.node(1):announce_peer(hash, 6881))
local swarm = assert(dht.scrape(hash))
print(("%.0f seed, %.0f peer"):format(swarm.seeds, swarm.peers))  --> 1 seed, 1 peer
