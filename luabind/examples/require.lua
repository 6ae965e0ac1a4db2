local census = require "lightdht.census"
local size = assert(census.estimate(8))
print(("about %.0f nodes"):format(size.nodes))
