local file = assert(io.open("example.txt"))
print(file:read("*l"))      --> first
print(file:read(3))         --> sec
print(file:read("*l", 1))   --> ond	nil
