local function broken() error("no answer", 0) end
print(xpcall(broken, function(message) return #debug.traceback(message) > #message end))  --> false	true
