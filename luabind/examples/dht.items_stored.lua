local node = assert(dht.open())
assert(node:put("a note", { start = { dht.addr }, max_queries = 1 }))
print(dht.items_stored())  --> 1	8
