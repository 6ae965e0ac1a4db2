-- The nodes nearest to a random point of the key space, and how long each takes to answer.
local params = experiment{
  title = "Ping",
  description = "Finds the nodes nearest to a random point and pings each of them.",
  params = { nodes = 5 },
}

for _, node in ipairs(dht.find_node(id.random(), { k = params.nodes })) do
  local reply, err = dht.rpc.ping(node.addr)
  if reply then
    print(node.id:sub(1, 8), node.addr, string.format("%3.0f ms", reply.rtt * 1000))
  else
    print(node.id:sub(1, 8), node.addr, err)
  end
end
