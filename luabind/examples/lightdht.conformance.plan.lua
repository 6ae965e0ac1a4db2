local conformance = require "lightdht.conformance"
local probes, time = conformance.plan{ only = "items", rate = 2 }
print(probes > 30, time > 30)  --> true	true
