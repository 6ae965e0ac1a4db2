local a, b = ("f0"):rep(20), ("0f"):rep(20)
print(id.xor(a, b) == ("f"):rep(40), id.xor(a, a) == ("0"):rep(40))  --> true	true
