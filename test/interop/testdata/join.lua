-- Joins, then prints everyone we know: address and status.
assert(dht.bootstrap())
for _, node in pairs(dht.table) do
  print(node.addr, node.status)
end
