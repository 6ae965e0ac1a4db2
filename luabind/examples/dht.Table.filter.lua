local fast = dht.table:filter(function(entry) return entry.rtt and entry.rtt < 0.1 end)
print(#fast, "of", #dht.table)
