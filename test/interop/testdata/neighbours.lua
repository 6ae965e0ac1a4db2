-- Prints the addresses of the nodes that the node at the first argument passes on.
local reply = assert(dht.rpc.find_node(arg[1], id.random()))
for _, node in ipairs(reply.nodes) do
  print(node.addr)
end
