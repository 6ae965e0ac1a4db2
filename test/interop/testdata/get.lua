-- Prints the item with the target that is the first argument; the second is its salt.
local value, info = assert(dht.get(arg[1], { salt = arg[2] }))
print(value, info.seq)
