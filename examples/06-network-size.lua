-- How many nodes are there? Nobody has a list. The density of ids around random points gives an estimate.
local census = require "lightdht.census"   -- comes with lightdht
local params = experiment{
  title = "Size of the network",
  description = "Estimates the number of nodes from more and more random points, and says how far off that is.",
  params = { most = 256 },
  network = { nodes = 2000 },
}

print("points", "estimate", "expected error", "true error")
local points = 4
while points <= params.most do
  local size = assert(census.estimate(points))
  local off = sim and ("%+.1f %%"):format(100 * (size.nodes / sim.size() - 1)) or "nobody knows"
  print(points, ("%.0f"):format(size.nodes), ("%.1f %%"):format(100 * size.error / size.nodes), off)
  points = points * 4
end

if sim then
  local before = assert(census.estimate(params.most)).nodes
  sim.remove(sim.size() / 2)             -- half of the nodes leave without notice
  local after = assert(census.estimate(params.most)).nodes
  print(("half of them gone: %.0f instead of %.0f"):format(after, before))
end
