local owner = key.new()
assert(key.save("owner.key", owner))
print(key.save("owner.key", key.new()) == nil)                 --> true
print(assert(key.load("owner.key")).public == owner.public)    --> true
