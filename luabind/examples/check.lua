local found = dht.find_node(id.random())
check("eight nodes are found", #found == 8, #found)  --> ok    eight nodes are found
