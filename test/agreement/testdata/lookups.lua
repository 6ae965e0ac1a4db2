-- How lookups and announces go for nodes that have just joined. Says nothing of what it runs on.
local newcomers, each, announces = 100, 4, 20

-- Meet everybody, to know what lookups should find.
for _, node in dht.table:each() do
  for shared = 0, 8, 2 do dht.rpc.find_node(node.addr, id.with_prefix(node.id, shared)) end
end
local members, is_member = {}, {}
for one in pairs(dht.table) do
  members[#members + 1], is_member[one] = one, true
end

-- Of the members found, how many are the nearest there are? Newcomers among them are left out: how soon they become
-- known to others depends on how fast one looks.
local function share_right(target, found)
  local order, met = { unpack(members) }, {}
  table.sort(order, function(a, b) return id.closer(target, a, b) end)
  for _, node in ipairs(found) do
    if is_member[node.id] then met[#met + 1] = node.id end
  end
  local right = 0
  for i, one in ipairs(met) do
    if one == order[i] then right = right + 1 end
  end
  return #met > 0 and right / #met or 1
end

local function join() return assert(dht.open{ id = id.random(), table = "buckets" }) end

local hops, queries, right = 0, 0, 0
for _ = 1, newcomers do
  local node = join()
  for _ = 1, each do
    local target = id.random()
    local found, trace = assert(node:find_node(target))
    hops, queries = hops + trace.hops, queries + trace.queries
    right = right + share_right(target, found)
  end
end
local lookups = newcomers * each

local stored, found = 0, 0
for i = 1, announces do
  local seeder, leecher, torrent = join(), join(), id.random()
  stored = stored + assert(seeder:announce_peer(torrent, 1000 + i))
  for _, peer in ipairs(assert(leecher:get_peers(torrent))) do
    if peer:match(":(%d+)$") == tostring(1000 + i) then found = found + 1 end
  end
end

return #members, hops / lookups, queries / lookups, right / lookups, stored / announces, found / announces
