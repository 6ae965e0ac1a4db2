local ip = "124.31.75.21"
print(id.secure(ip, 1):sub(1, 5), id.is_secure(id.secure(ip), ip))
--> 5fbfb	true
