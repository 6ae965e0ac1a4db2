local owner = key.new()
local signature = key.sign(owner.secret, "a text")
print(key.verify(owner.public, "a text", signature))        --> true
print(key.verify(owner.public, "another text", signature))  --> false
