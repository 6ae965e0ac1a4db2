local node = assert(dht.find_node(id.random()))[1]
local token = assert(dht.rpc.get(node.addr, id.random())).token
assert(dht.rpc.put(node.addr, "a note", token))
local reply, err = dht.rpc.put(node.addr, ("x"):rep(997), token)
print(err.code)  --> 205
