io.stdout:write("found ", 8, "\n")  --> found 8
