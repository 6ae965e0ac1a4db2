sim.skew{ offset = 3600, drift = 100 }
print(#assert(dht.find_node(id.random())))  --> 8
