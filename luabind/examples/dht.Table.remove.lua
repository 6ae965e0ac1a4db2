local entry = dht.table:closest(dht.id, 1)[1]
print(dht.table:remove(entry.id), dht.table:remove(entry.id), dht.table[entry.id])
--> true	false	nil
