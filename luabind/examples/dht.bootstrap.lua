local node = assert(dht.open{ bootstrap = false })
print(#node.table)                        --> 0
print(node:bootstrap{ dht.addr } > 8)     --> true
