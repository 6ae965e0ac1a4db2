local a, b = id.random(), id.random()
print(#a, a == b)  --> 40	false
