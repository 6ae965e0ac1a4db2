local heard = 0
local subscription = dht.on("node", function() heard = heard + 1 end)
dht.find_node(id.random())
subscription:off()
dht.find_node(id.random())
print("heard of", heard, "during the first walk")
