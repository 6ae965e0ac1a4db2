local conformance = require "lightdht.conformance"
local report = assert(conformance.run(sim.random().addr, { only = "ping" }))
print(conformance.summary(report))
