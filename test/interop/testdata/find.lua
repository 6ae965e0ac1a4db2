-- Prints the peers of the torrent whose info-hash is the first argument.
for _, peer in ipairs(assert(dht.get_peers(arg[1]))) do
  print(peer)
end
