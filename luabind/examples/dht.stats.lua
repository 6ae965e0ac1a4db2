dht.find_node(id.random())
local stats = dht.stats()
print(stats.known == #dht.table, stats.queries_out > 0, stats.timeouts)  --> true	true	0
