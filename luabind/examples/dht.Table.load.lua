local saved = assert(dht.table:save("nodes.jsonl"))
local node = assert(dht.open{ bootstrap = false })
print(node.table:load("nodes.jsonl") == saved)  --> true

local _, err = dht.table:load("nowhere.jsonl")
print(err.kind)                                 --> not_found
