print(json.encode{ nodes = { 1, 2, 3 }, name = "census" })  --> {"name":"census","nodes":[1,2,3]}
