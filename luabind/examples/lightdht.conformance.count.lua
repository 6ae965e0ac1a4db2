local conformance = require "lightdht.conformance"
local report = assert(conformance.run(sim.random().addr, { only = "ping" }))
print(conformance.count(report, "pass") > 0)          --> true
print(conformance.count(report, "fail", "must"))      --> 0
