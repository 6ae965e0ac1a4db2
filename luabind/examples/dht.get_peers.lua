local hash = id.sha1("a torrent")
print(#assert(dht.get_peers(hash)))   --> 0

assert(dht.announce_peer(hash, 51413))
local peers = assert(dht.get_peers(hash, { alpha = 5, on_reply = function(reply)
  assert(reply.token)
end }))
print(#peers, peers[1]:match(":%d+$"))  --> 1	:51413
