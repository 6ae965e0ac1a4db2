for alpha = 1, 2 do
  local nodes, trace = dht.find_node(id.random(), { alpha = alpha })
  record{ alpha = alpha, found = #nodes }
end
--> {"alpha":1,"found":8}
--> {"alpha":2,"found":8}
