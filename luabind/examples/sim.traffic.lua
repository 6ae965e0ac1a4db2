sim.traffic{ every = 60, clients = 0.2, torrents = 10 }
sleep(60)
print(sim.stats().searches > 0)  --> true
sim.traffic(false)
