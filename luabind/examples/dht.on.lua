local other = sim.node(1)
local subscription = dht.on("query", function(q)
  if q.addr ~= other.addr then return end  -- the built-in answer
  print("asked for a " .. q.method)
  return { error = { 203, "not today" } }
end)
local _, err = other.rpc.ping(dht.addr)
print(err.kind, err.code, err.message)
subscription:off()
--> asked for a ping
--> remote	203	not today
