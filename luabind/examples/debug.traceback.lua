local function broken() error("no answer", 0) end
print(xpcall(broken, function(m) return #debug.traceback(m) > #m end))  --> false	true
