-- Says so once the node at the first argument passes the node at the second argument on to others, and stays: a
-- neighbour who leaves at once is a timeout for everybody else.
local asked, wanted = arg[1], arg[2]

local function named()
  local reply = assert(dht.rpc.find_node(asked, id.random()))
  for _, node in ipairs(reply.nodes) do
    if node.addr == wanted then return true end
  end
end

while not named() do sleep(0.1) end
print(asked .. " names " .. wanted)
dht.serve()
