print(io.stdout:setvbuf("line"))  --> true
