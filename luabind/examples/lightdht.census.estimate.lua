local census = require "lightdht.census"
local size = assert(census.estimate(32))
print(size.points, math.abs(size.nodes - 100) < 3 * size.error)  --> 32	true
