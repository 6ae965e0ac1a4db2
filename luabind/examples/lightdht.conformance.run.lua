local conformance = require "lightdht.conformance"
local report = assert(conformance.run(sim.random().addr, { only = "ping" }))
print(report.id ~= nil, #report.rows > 0)  --> true	true
