-- Rogues answer every query with 70 contacts that do not exist: how long do lookups take among them?
local params = experiment{
  title = "Bad company",
  description = "More and more rogues near a node, which looks for random ids all the while.",
  params = { lookups = 40, invented = 70, most = 20 },
}
assert(sim, "this is for simulated networks: run it without --join")

local function invented(target)
  local list = {}
  for i = 1, params.invented do            -- nobody is at these addresses, and no honest node is nearer
    local addr = string.char(203, math.random(0, 111), math.random(0, 255), math.random(1, 254), 26, 225)
    list[i] = id.raw(id.with_prefix(target, 40)) .. addr
  end
  return table.concat(list)
end

local function add_rogue()
  local node = assert(dht.open{ table = "buckets" })
  node:on("query", function(q) return { nodes = invented(q.args.target or q.args.info_hash or q.args.id) } end)
  assert(dht.rpc.find_node(node.addr, dht.id))  -- now the run's own node knows it as one that answers
end

print("rogues", "median", "worst", "nodes found")
local rogues = 0
for _, many in ipairs{ 0, 1, 5, params.most } do
  while rogues < many do add_rogue(); rogues = rogues + 1 end
  local took, found = {}, 0
  for i = 1, params.lookups do
    local nodes, trace = dht.find_node(id.random())
    took[i], found = trace.duration, found + #(nodes or {})
  end
  table.sort(took)
  print(many, ("%.2f s"):format(took[math.ceil(#took / 2)]), ("%.2f s"):format(took[#took]), ("%.1f of 8"):format(found / params.lookups))
end
