sim.churn{ session = { dist = "exponential", mean = 600 } }
sleep(3600)
local stats = sim.stats()
print(stats.leaves > 0, stats.joins > 0)  --> true	true
sim.churn(false)
