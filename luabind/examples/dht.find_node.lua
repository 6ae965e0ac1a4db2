local target = id.sha1("a point of the key space")
local nodes, trace = assert(dht.find_node(target))
print(#nodes, id.closer(target, nodes[1].id, nodes[2].id))  --> 8	true
print(trace.queries >= 8, trace.hops >= 1)                  --> true	true
