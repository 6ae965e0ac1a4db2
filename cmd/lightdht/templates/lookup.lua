-- Walk to a point of the key space and see how good the result is.
local params = experiment{
  title = "Lookup",
  description = "Looks for the nodes nearest to random points; on a simulated network also says how many it missed.",
  params = { rounds = 5 },               -- set with --rounds=20 after the script's name
  network = { nodes = 500, seed = 1 },   -- flags such as --sim and --seed go before it
}

local function set(nodes)                -- {id = true} of a list of nodes
  local ids = {}
  for _, node in ipairs(nodes) do ids[node.id] = true end
  return ids
end

for round = 1, params.rounds do
  local target = id.random()

  -- The call returns when the walk is over. What the network does wrong comes back as
  -- nil and an error, and assert makes that the end of the script.
  local nodes, trace = assert(dht.find_node(target))
  print(("%s  %2d nodes  %3d queries  %d hops  %.2f s"):format(
    target:sub(1, 8), #nodes, trace.queries, trace.hops, trace.duration))

  -- A simulated network can be asked for the truth; on a real one, sim is nil.
  if sim then
    local found, missed = set(nodes), 0
    for _, member in ipairs(sim.closest(target, #nodes)) do
      if not found[member.id] then missed = missed + 1 end
    end
    check("round " .. round .. " found the nearest nodes", missed <= 1, missed .. " missed")
  end
end
