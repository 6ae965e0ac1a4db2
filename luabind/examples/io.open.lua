local file = assert(io.open("notes.txt", "w"))
file:write("seen ", 8, " nodes\n")
file:close()
print(io.open("nowhere.txt"))  -- nil, and why
