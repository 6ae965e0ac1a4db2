local owner, torrent = key.new(), id.sha1("a torrent")
local target, stored = assert(dht.put_torrent(torrent, { secret_key = owner, salt = "linux" }))
print(target == key.target(owner.public, "linux"), stored)  --> true	8
