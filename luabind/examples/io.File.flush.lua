local file = assert(io.open("notes.txt", "w"))
file:write("safe from now on")
print(file:flush() == file)  --> true
