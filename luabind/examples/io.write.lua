io.write("two", " ", 2, "\n")  --> two 2
