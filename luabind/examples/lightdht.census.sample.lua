local census = require "lightdht.census"
local around = assert(census.sample(id.sha1("a point")))
print(around.found, around.reach < 0.5)  --> 8	true
