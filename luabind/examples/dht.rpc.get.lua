local target = assert(dht.put("a note"))
local node = assert(dht.find_node(target))[1]
local reply = assert(dht.rpc.get(node.addr, target))
print(reply.value, reply.valid)  --> a note	true
