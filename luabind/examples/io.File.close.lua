local file = assert(io.open("notes.txt", "w"))
print(file:close())  --> true
