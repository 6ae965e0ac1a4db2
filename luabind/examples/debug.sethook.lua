debug.sethook()
print(pcall(debug.sethook, print, "l"))  --> false	hooks cannot be set here
