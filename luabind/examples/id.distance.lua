local a = id.random()
print(id.distance(a, id.flip(a, 0)), id.distance(a, id.flip(a, 2)), id.distance(a, a))
--> 0.5	0.125	0
