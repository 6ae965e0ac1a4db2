local owner = key.new()
print(key.public(owner.secret) == owner.public)  --> true
