-- Log which node looks for which torrent, while the node answers as always.
local params = experiment{ title = "Node info", params = { seconds = 600 } }
dht.on("query", function(q)
  if q.method == "get_peers" then
    print(os.date("%H:%M:%S"), q.id, q.args.info_hash, q.addr)
  end
end)                                     -- returns nothing: the node gives its built-in answer
for i = 1, sim and 20 or 0 do            -- simulated members look for torrents near us
  spawn(function() sleep(i * 20) sim.node(i):get_peers(id.with_prefix(dht.id, 10)) end)
end
dht.serve(params.seconds)
