local conformance = require "lightdht.conformance"
local report = assert(conformance.run(sim.random().addr, { only = "ping" }))
for _, row in ipairs(conformance.faults(report)) do print(row.rule, row.seen) end
print(#conformance.faults(report))  --> 0
