-- Be a member and watch what the node is asked: how often, by which nodes, for which torrents.
local params = experiment{
  title = "Monitor",
  description = "Counts the queries that reach the node; prints a line now and then, and the most wanted torrents at the end.",
  params = { seconds = 600, every = 60 },
  network = { nodes = 200 },
}

local counts, senders, wanted = {}, {}, {}

-- "answered" is told after the reply has left, so it delays nobody. A handler of "query"
-- comes before it, and may answer in the node's place.
dht.on("answered", function(q)
  counts[q.method] = (counts[q.method] or 0) + 1
  senders[q.addr] = true
  local hash = q.method == "get_peers" and q.args.info_hash
  if hash then wanted[hash] = (wanted[hash] or 0) + 1 end
end)

-- Somebody must ask: here some simulated members look for three torrents near our id.
if sim then
  local torrents = {}
  for i = 1, 3 do torrents[i] = id.with_prefix(dht.id, 10) end
  for i = 1, 20 do
    spawn(function()
      sleep(params.seconds * i / 21)
      assert(sim.node(i)):get_peers(torrents[i % 3 + 1])
    end)
  end
end

local function size(set)
  local n = 0
  for _ in pairs(set) do n = n + 1 end
  return n
end

print("seconds", "ping", "find_node", "get_peers", "announce", "senders")
for t = params.every, params.seconds, params.every do
  dht.serve(params.every)                -- blocks; the node answers and the handler counts
  print(t, counts.ping or 0, counts.find_node or 0, counts.get_peers or 0, counts.announce_peer or 0, size(senders))
end

local hashes = {}
for hash in pairs(wanted) do hashes[#hashes + 1] = hash end
table.sort(hashes, function(a, b)
  if wanted[a] ~= wanted[b] then return wanted[a] > wanted[b] end
  return a < b
end)
for i = 1, math.min(10, #hashes) do print(hashes[i], wanted[hashes[i]], "queries") end
