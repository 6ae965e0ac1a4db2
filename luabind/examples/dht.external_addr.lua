assert(dht.rpc.ping(dht.table:closest(dht.id, 1)[1].addr))
print(dht.external_addr() == dht.addr)  --> true
