local hash = id.sha1("a torrent")
print((assert(dht.announce_peer(hash, 51413))))  --> 8
print((assert(dht.announce_peer(hash))))         --> 8
for _, peer in ipairs(dht.get_peers(hash)) do
  print(peer:match(":%d+$"))
end
--> :6881
