local target = id.random()
local near = dht.table:closest(target, 3)
print(#near, id.closer(target, near[1].id, near[2].id))  --> 3	true
