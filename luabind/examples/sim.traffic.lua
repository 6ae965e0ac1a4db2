sim.traffic{ every = 60, torrents = 10 }
sleep(600)
print(sim.stats().searches > 0)  --> true
sim.traffic(false)
