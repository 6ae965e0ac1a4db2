-- Meet every node: ask each one for others, until there are no new ones.
local params = experiment{
  title = "Crawl",
  description = "Asks every node for those near several points; says how many of the members it met, and how the work went.",
  params = { tasks = 50, questions = 6 },
  network = { nodes = 1000, nat = 0.2, loss = 0.02 },
}

local silent, queries = 0, 0
local function visit(node)
  for question = 0, params.questions - 1 do
    queries = queries + 1                -- points that share 0, 2, 4, ... bits with the node: bucket by bucket
    local reply = dht.rpc.find_node(node.addr, id.with_prefix(node.id, 2 * question), { timeout = 2 })
    if not reply and question == 0 then silent = silent + 1 return end
  end
end

-- each() also visits nodes that are heard of meanwhile. All tasks share one walk over the table.
local everyone, tasks = dht.table:each(), {}
for i = 1, params.tasks do
  tasks[i] = spawn(function()
    for _, node in everyone do visit(node) end
    return true
  end)
end
for _, t in ipairs(tasks) do assert(t:wait()) end
print(("%d nodes heard of, %d of them silent; %d queries in %.0f s"):format(#dht.table, silent, queries, task.now()))

if sim then                              -- compare with the truth
  local reachable, met = 0, 0
  for _, m in ipairs(sim.nodes()) do
    if m.reachable then reachable = reachable + 1 end
    if m.reachable and dht.table[m.id] then met = met + 1 end
  end
  print(("met %d of %d members that can be reached; %d others are behind NAT"):format(met, reachable, sim.size() - reachable))
end
