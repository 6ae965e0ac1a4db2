local node = assert(dht.find_node(id.random()))[1]
local reply = assert(dht.rpc.raw(node.addr, "d1:ad2:id3:abce1:q4:ping1:t2:aa1:y1:qe"))
print(reply.error.code, reply.error.message)  --> 203	id must be a string of 20 bytes
print(bencode.decode(reply.packet).y)          --> e
