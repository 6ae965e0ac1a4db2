-- Puts the first argument as an item, mutable if the second is a secret key, and says where it is found and how many
-- nodes took it. The third argument is the salt.
local target, stored = assert(dht.put(arg[1], { secret_key = arg[2], salt = arg[3] }))
print(target, stored)
