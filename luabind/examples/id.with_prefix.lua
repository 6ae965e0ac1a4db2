local near = id.with_prefix(dht.id, 20)
print(id.common_prefix(dht.id, near) >= 20)  --> true
