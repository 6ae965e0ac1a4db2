sim.traffic{ every = 60, clients = 0.2, torrents = 10 }
sleep(120)
local peers = assert(dht.get_peers(sim.torrent(1)))  -- the most popular one
print(#peers > 0)  --> true
