-- Lookups and announces in a quiet network, step by step.
experiment{ title = "Lookups", network = { nodes = 300 } }

local function show(what, trace)
  print(what, trace.queries, trace.replies, trace.hops, ("%.9f"):format(trace.duration))
  for i, step in ipairs(trace.path) do
    record("path", { walk = what, step = i, addr = step.addr, id = step.id, hop = step.hop, sent = step.sent, rtt = step.rtt, outcome = step.outcome })
  end
end

print(dht.id, dht.addr, #dht.table)
local nodes, trace = assert(dht.find_node(id.sha1("somewhere")))
for _, node in ipairs(nodes) do print(node.id, node.addr) end
show("find_node", trace)

local torrent = id.sha1("a torrent")
for i = 1, 5 do
  local member = assert(sim.node(i * 50))
  local stored, trace = assert(member:announce_peer(torrent, 6880 + i))
  print(member.addr, "stored by", stored)
  show("announce " .. i, trace)
end
local peers, trace = assert(dht.get_peers(torrent, { alpha = 5, k = 16 }))
print(table.concat(peers, " "))
show("get_peers", trace)

for _, node in ipairs(dht.table:closest(torrent, 3)) do
  local reply = assert(dht.rpc.get_peers(node.addr, torrent))
  record{ addr = node.addr, token = hex.encode(reply.token), peers = #reply.values, rtt = reply.rtt }
end
local flat, buckets = assert(dht.open()), assert(dht.open{ table = "buckets", id = id.flip(torrent, 159) })
print(flat.id, #flat.table, buckets.id, #buckets.table)
local stats = sim.stats()
print(stats.sent, stats.delivered, stats.events, stats.time)
