for _, entry in ipairs(dht.table:sorted("rtt", 3)) do
  print(entry.addr, entry.rtt)
end
local far = dht.table:sorted(function(entry) return -id.distance(dht.id, entry.id) end)
print(#far == #dht.table)
