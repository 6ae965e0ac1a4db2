local node = assert(dht.open())
node:close()
print(pcall(node.stats, node))  -- false, and that this node is closed
