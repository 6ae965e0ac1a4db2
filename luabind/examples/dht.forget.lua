local target = assert(dht.put("a note", { keep_alive = true }))
print(dht.forget(target), dht.forget(target))  --> true	false
