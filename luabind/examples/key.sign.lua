local owner = key.new()
local signature = key.sign(owner, "a text")
print(#signature, key.verify(owner, "a text", signature))  --> 128	true
