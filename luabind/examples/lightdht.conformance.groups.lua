local conformance = require "lightdht.conformance"
print(conformance.groups())  --> krpc, nodes, peers, items, extras
