-- Prints the peers that the node at the first argument keeps for the torrent whose info-hash is the second argument.
local reply = assert(dht.rpc.get_peers(arg[1], arg[2]))
for _, peer in ipairs(reply.values or {}) do
  print(peer)
end
