-- Announces the torrents that are the arguments, each HASH=PORT, says so of each, and stays.
for _, torrent in ipairs(arg) do
  local hash, port = torrent:match("^(%x+)=(%d+)$")
  while (dht.announce_peer(hash, tonumber(port)) or 0) < 8 do sleep(0.5) end
  print(hash)
end
dht.serve()
