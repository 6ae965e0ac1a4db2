local p = experiment{
  title = "Finding the nearest",
  params = { rounds = 3 },
  network = { nodes = 100, seed = 1 },
}
for round = 1, p.rounds do print(round, #dht.find_node(id.random())) end
--> 1	8
--> 2	8
--> 3	8
