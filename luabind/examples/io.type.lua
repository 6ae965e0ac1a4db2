print(io.type(io.stdout), io.type("stdout"))  --> file	nil
