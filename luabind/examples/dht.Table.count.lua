local all, good = dht.table:count(), dht.table:count("good")
local near = dht.table:count(function(entry) return id.common_prefix(dht.id, entry.id) >= 3 end)
print(all == #dht.table, good <= all, near < all)  --> true	true	true
