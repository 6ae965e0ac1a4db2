local census = require "lightdht.census"
local samples = {}
for i = 1, 4 do samples[i] = assert(census.sample(id.random())) end
local size = census.combine(samples)
print(size.points, size.nodes > 50 and size.nodes < 200)  --> 4	true
