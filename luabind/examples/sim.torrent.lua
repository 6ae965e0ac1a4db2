sim.traffic{ every = 60, torrents = 10 }
sleep(3600)
local peers = assert(dht.get_peers(sim.torrent(1)))  -- the most popular one
print(#peers > 0)  --> true
