for _, entry in ipairs(dht.table:sample(3)) do print(entry.addr, entry.status) end
