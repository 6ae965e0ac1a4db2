-- Look up the peers of a torrent, announce ourselves as one, and serve:
--   lightdht run --join HOST:PORT examples/03-announce-and-serve.lua --seconds=3600 INFO_HASH
local params = experiment{
  title = "Announce and serve",
  description = "Finds the peers of a torrent, announces itself, and then stays a member of the network.",
  params = { port = 6881, seconds = 60 },
}

local info_hash = arg[1] or id.sha1("a torrent of our own")
local before = assert(dht.get_peers(info_hash))
local stored = assert(dht.announce_peer(info_hash, params.port))
print(#before, "peers before;", stored, "nodes took the announce")

local after = assert(dht.get_peers(info_hash))
print(#after, "peers now:", table.concat(after, " "))

dht.serve(params.seconds)
local stats = dht.stats()
print("served", stats.replies_out, "queries in", params.seconds, "seconds; knows", #dht.table, "nodes")
for _, torrent in ipairs(dht.announced()) do print(torrent.infohash, #torrent.peers, "peers announced to us") end
