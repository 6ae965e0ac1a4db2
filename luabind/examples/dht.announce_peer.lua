local hash = id.sha1("a torrent")
print((assert(dht.announce_peer(hash, 51413))))  --> 8
print((assert(dht.announce_peer(hash))))         --> 8
local peers = dht.get_peers(hash)
table.sort(peers)
for _, peer in ipairs(peers) do
  print(peer:match(":%d+$"))
end
--> :51413
--> :6881
