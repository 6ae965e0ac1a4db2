-- Announces the torrent whose info-hash is the first argument, on the port that is the second argument (without
-- one: on the port we listen on), says how many nodes took it, and stays.
local stored = assert(dht.announce_peer(arg[1], tonumber(arg[2])))
print(stored)
dht.serve()
