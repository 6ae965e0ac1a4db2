local reply = assert(dht.rpc.get_peers(sim.nodes()[1].addr, id.sha1("a torrent")))
print(reply.values, #reply.nodes, #reply.token > 0)  --> nil	8	true
