local a = id.random()
print(id.common_prefix(a, id.flip(a, 12)), id.common_prefix(a, a))  --> 12	160
