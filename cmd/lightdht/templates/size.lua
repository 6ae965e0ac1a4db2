-- How many nodes are there? Nobody has a list. The density of ids around random points gives an estimate.
local census = require "lightdht.census"   -- comes with lightdht

local params = experiment{
  title = "Size of the network",
  description = "Estimates the number of nodes several times, from the neighbourhoods of random points.",
  params = { estimates = 5, points = 16 },
  network = { nodes = 1000 },
}

local sum = 0
for i = 1, params.estimates do
  local size = assert(census.estimate(params.points))
  print(("estimate %d: %5.0f nodes, give or take %.0f"):format(i, size.nodes, size.error))
  sum = sum + size.nodes
end

local mean = sum / params.estimates
print(("mean:       %5.0f nodes"):format(mean))

-- The simulation knows the answer, which makes this a test of the method.
if sim then
  local off = mean / sim.size() - 1
  check("within 15 % of the truth", math.abs(off) < 0.15, ("%+.1f %%"):format(100 * off))
end
