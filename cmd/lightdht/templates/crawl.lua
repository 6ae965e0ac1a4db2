-- Meet every node: ask each one for others, until there are no new ones.
local params = experiment{
  title = "Crawl",
  description = "Asks every node it hears of for the nodes near some points, and tells what it met.",
  params = { parallel = 20, most = 5000, questions = 4 },
  network = { nodes = 500 },
}

local asked, silent, versions = 0, 0, {}

local function visit(node)
  for question = 0, params.questions - 1 do
    -- Points that share 0, 2, 4, ... bits with the node: its buckets, one after the other.
    local reply = dht.rpc.find_node(node.addr, id.with_prefix(node.id, 2 * question), { timeout = 2 })
    if not reply then                    -- timeout, or an error: the next node may be better
      silent = silent + 1
      return
    end
    if question == 0 then
      local version = reply.version and reply.version:sub(1, 2) or "none"
      versions[version] = (versions[version] or 0) + 1
    end
  end
end

-- each() goes on to the nodes that are heard of while the loop runs. All workers share one
-- such walk over the table, so each node is visited once.
local everyone, workers = dht.table:each(), {}
for i = 1, params.parallel do
  workers[i] = spawn(function()
    for _, node in everyone do
      if asked >= params.most then break end
      asked = asked + 1                  -- no locks: tasks switch only where a call blocks
      visit(node)
    end
    return true
  end)
end
for _, worker in ipairs(workers) do assert(worker:wait()) end

print(("%d nodes heard of, %d asked, %d silent, in %.1f s"):format(#dht.table, asked, silent, task.now()))
for version, count in pairs(versions) do
  print(("%6d say they are %q"):format(count, version))
end
if sim then print(("%.1f %% of the network"):format(100 * (asked - silent) / sim.size())) end
