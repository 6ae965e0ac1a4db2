local node = assert(dht.open{ table = "buckets" })
local nodes = assert(node:find_node(id.random()))
print(#nodes, node.id ~= dht.id, node.network)  --> 8	true	sim
node:close()
