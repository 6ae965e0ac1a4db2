-- exit: 5
-- pings: 1
-- stderr: hang-handler.lua:\d+: over the limit of 1s without a blocking call

-- The pings of the test bring it about. Each waits for the handler until that has had its time.
dht.on("query", function(q)
  while true do end
end)
dht.serve(1e9)
