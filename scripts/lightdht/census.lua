--- How big is the network? Estimates it from the distances between random points and the nodes nearest to them.
---
---   local census = require "lightdht.census"
---   local size = assert(census.estimate())
---   print(("%.0f nodes, give or take %.0f"):format(size.nodes, size.error))
---
--- Ids are spread evenly over the key space. Among n nodes, the k-th nearest to a point is on average k/n of the key
--- space away from it. A walk finds this distance, and a few walks make an estimate. Nodes that never answer, for example
--- behind some NATs, are not in the result of a walk and not counted. The node that asks is not counted either.
local census = {}

--- How many nodes around a point count: as many as one walk finds with its default k.
local k = 8

--- The neighbourhood of one point.
---@class census.Sample
---@field found integer  nodes found around the point, at most k
---@field reach number   distance of the farthest of them, as a fraction of the key space

--- The estimated size of a network.
---@class census.Estimate
---@field nodes number  estimated nodes in the network
---@field error number  standard error of `nodes`, same unit
---@field points integer  walks that found a node

--- Looks at the neighbourhood of one point. Blocks for one walk.
---@param target id
---@return census.Sample? sample  nil if the walk found no node
---@return dht.Error? err
function census.sample(target)
  local nodes, err = dht.find_node(target, { k = k })
  if not nodes then return nil, err end
  local farthest = nodes[#nodes]
  if not farthest then return { found = 0, reach = 1 } end
  return { found = #nodes, reach = id.distance(target, farthest.id) }
end

--- Makes one estimate from several samples.
---
--- The number of nodes within a distance d of a point is nearly Poisson distributed with mean n * d, so the sum of m
--- distances to the k-th nearest follows a gamma law with shape m * k and rate n. (m * k - 1) / sum is then an estimate
--- of n without bias, with a standard error of n / sqrt(m * k - 2). The error is larger than that in a network so small
--- that the neighbourhoods overlap. A walk that found fewer than k nodes has found the whole network.
---@param samples census.Sample[]
---@return census.Estimate? estimate  nil if no sample found a node
function census.combine(samples)
  local all, reached, found, points = 0, 0, 0, 0
  for _, s in ipairs(samples) do
    if s.found >= k then
      reached, found = reached + s.reach, found + s.found
    end
    if s.found > 0 then points = points + 1 end
    all = math.max(all, s.found)
  end
  if points == 0 then return nil end
  if found == 0 then return { nodes = all, error = 0, points = points } end
  local nodes = (found - 1) / reached
  return { nodes = nodes, error = nodes / math.sqrt(found - 2), points = points }
end

--- Estimates the size of the network. Blocks the calling task for `points` walks, eight at a time.
---@param points? integer  walks to make; default 16, for a standard error of about 9 %
---@return census.Estimate? estimate  nil if no walk found a node
---@return dht.Error? err  why the last such walk failed
function census.estimate(points)
  local targets, samples, failure = {}, {}, nil
  for i = 1, points or 16 do targets[i] = id.random() end
  task.map(targets, function(target)
    local sample, err = census.sample(target)
    failure = err or failure
    samples[#samples + 1] = sample
  end, { parallel = 8 })
  local estimate = census.combine(samples)
  if not estimate then return nil, failure end
  return estimate
end

return census
