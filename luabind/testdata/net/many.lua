-- Many nodes in one script, with ids of its choice and a handler each.
local target, many = id.sha1("a target"), sim and 1000 or 200

local numbers = {}
for i = 1, many do numbers[i] = i end
local opened = task.map(numbers, function(i)
  local node = assert(dht.open{ id = id.with_prefix(target, 20), table = "buckets", bootstrap = false })
  node:on("query", function(q)
    if q.method == "get_peers" and q.args.info_hash == target then return { number = i, token = "t" .. i } end
  end)
  return node
end, { parallel = 20 })

-- Each is one of its own.
local ids, addrs, distinct = {}, {}, 0
for _, node in ipairs(opened) do
  assert(id.common_prefix(node.id, target) >= 20)
  if not ids[node.id] and not addrs[node.addr] then distinct = distinct + 1 end
  ids[node.id], addrs[node.addr] = true, true
end
check("all have ids and addresses of their own", distinct == many, distinct)

local answered = task.map(opened, function(node, i)
  local reply = assert(dht.rpc.get_peers(node.addr, target))
  return reply.id == node.id and reply.raw.number == i and reply.token == "t" .. i
end, { parallel = 20 })
local right = 0
for _, ok in ipairs(answered) do if ok then right = right + 1 end end
check("each answers through its own handler", right == many, right)

-- Others answer for us where the handler has nothing to say.
assert(assert(dht.rpc.ping(opened[many].addr)).id == opened[many].id)

-- Who knows them ends up with them.
local found = assert(dht.find_node(target))
local ours = 0
for _, node in ipairs(found) do if ids[node.id] then ours = ours + 1 end end
check("they are nearer to the target than anybody else", ours == 8, ours)
for _, node in ipairs(opened) do node:close() end
check("closed, they are gone", not dht.rpc.ping(opened[1].addr, { timeout = 0.2 }))
