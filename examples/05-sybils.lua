-- A thousand nodes choose ids next to a torrent's: how much of it do they control?
local params = experiment{
  title = "Sybils",
  description = "Opens more and more nodes near a torrent; members announce it and look for it meanwhile.",
  params = { most = 1000, pairs = 25, bits = 16 },       -- bits: leading ones that they share with the torrent
}
assert(sim, "this is for simulated networks: run it without --join")
local torrent = id.sha1("a torrent that somebody wants to hide")
local ours = {}                          -- ids of the sybils

local function add_sybil()
  local node = assert(dht.open{ id = id.with_prefix(torrent, params.bits), table = "buckets" })
  ours[node.id] = true
  node:on("query", function(q)
    if q.args.info_hash ~= torrent then return end       -- returns nothing: the honest built-in answer
    return q.method == "get_peers" and { token = "any" } or {}  -- no peers, no nearer nodes; announces are lost
  end)
end

-- One member announces, another looks. Different ones each time, whose tables earlier lookups have not changed.
local members, captured, found = 0, 0, 0
local function look()
  members = (members + 2) % (sim.size() - 1)
  local seeder, seeker = assert(sim.node(members + 1)), assert(sim.node(members + 2))
  assert(seeder:announce_peer(torrent, 6881))
  for _, peer in ipairs(assert(seeker:get_peers(torrent))) do found = found + (peer == seeder.addr and 1 or 0) end
  for _, node in ipairs(assert(seeker:find_node(torrent))) do captured = captured + (ours[node.id] and 1 or 0) end
end

print("sybils", "captured", "peers found")  -- captured: the sybils among the 8 nodes that a lookup finds
local numbers, sybils = {}, 0
for i = 1, params.most do numbers[i] = i end
for _, many in ipairs{ 0, 2, 4, 6, 8, params.most } do
  task.map({ unpack(numbers, sybils + 1, many) }, add_sybil, { parallel = 100 })
  sybils, captured, found = many, 0, 0
  task.map({ unpack(numbers, 1, params.pairs) }, look, { parallel = 100 })
  print(sybils, ("%.0f %%"):format(100 * captured / 8 / params.pairs), ("%.0f %%"):format(100 * found / params.pairs))
end
