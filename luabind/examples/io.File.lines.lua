local file = assert(io.open("example.txt"))
for line in file:lines() do print(line) end
--> first
--> second
