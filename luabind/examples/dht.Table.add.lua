local newcomer = id.random()
print(dht.table:add("198.51.100.7:6881", newcomer))  --> true
print(dht.table[newcomer].status)                     --> unverified
