local saved = assert(dht.table:save("nodes.jsonl"))
print(saved == #dht.table)  --> true
