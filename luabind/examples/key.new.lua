local owner = key.new()
print(#owner.public, #owner.secret)  --> 64	64
