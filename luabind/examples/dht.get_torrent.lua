local owner = key.new()
assert(dht.put_torrent(id.sha1("my torrent, version 1"), { secret_key = owner }))
assert(dht.put_torrent(id.sha1("my torrent, version 2"), { secret_key = owner }))

local infohash, info = assert(dht.get_torrent("magnet:?xs=urn:btpk:" .. owner.public))
print(infohash == id.sha1("my torrent, version 2"), info.seq)  --> true	1
