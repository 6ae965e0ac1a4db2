sim.churn{ session = { dist = "exponential", mean = 60 } }
sleep(300)
local stats = sim.stats()
print(stats.leaves > 0, stats.joins > 0)  --> true	true
sim.churn(false)
