local nodes, trace = dht.find_node(id.random())
if trace.timeouts == 0 then log.warn("nobody was silent: is this the real network?") end
