local nodes, trace = dht.find_node(id.random())
log.info(("%d nodes after %d queries"):format(#nodes, trace.queries))  -- to stderr
