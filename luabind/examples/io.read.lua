print(io.read())             --> first
print(io.read("*l", "*l"))   --> second	nil
