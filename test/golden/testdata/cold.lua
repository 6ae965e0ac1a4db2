-- A network that makes itself.
experiment{ title = "Cold start", network = { nodes = 80, start = "cold", latency = 0.05, loss = 0.02 } }

for i = 1, 80, 8 do
  local member = assert(sim.node(i))
  local nearest = member.table:closest(member.id, 3)
  print(i, member.id, #member.table, member.table:count("good"), nearest[1].id, nearest[2].id, nearest[3].id)
end
local right = 0
for i = 1, 20 do
  local target = id.random()
  local found, trace = assert(dht.find_node(target))
  for j, true_one in ipairs(sim.closest(target)) do
    if found[j].id == true_one.id then right = right + 1 end
  end
  record{ target = target, hops = trace.hops, queries = trace.queries, timeouts = trace.timeouts, seconds = trace.duration }
end
print(right, "of 160 are the nearest, in order")
sleep(3600)
local stats = sim.stats()
print(stats.sent, stats.delivered, stats.lost, stats.events)
