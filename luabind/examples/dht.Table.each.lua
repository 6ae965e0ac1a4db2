local asked = 0
for _, entry in dht.table:each() do  -- nodes that replies name are visited too
  dht.rpc.find_node(entry.addr, id.random())
  asked = asked + 1
end
print(asked == #dht.table, asked > 0.9 * sim.size())  --> true	true
