-- Look up the peers of a torrent: lightdht run examples/02-get-peers.lua [INFO_HASH]
experiment{
  title = "Get peers",
  description = "Prints the peers of a torrent. Without an info-hash it announces one itself first.",
}

local info_hash = arg[1]
if not info_hash then                    -- no argument: announce a torrent, to have something to find
  info_hash = id.sha1("a torrent of our own")
  dht.announce_peer(info_hash, 6881)
end

local peers, trace = assert(dht.get_peers(info_hash))
for _, addr in ipairs(peers) do print(addr) end
print(#peers, "peers;", #dht.table, "nodes known;", trace.queries, "queries")
