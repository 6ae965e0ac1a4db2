local before = dht.stats().replies_out
assert(dht.serve(600))
print(("%.0f minutes"):format(task.now() / 60))   --> 10 minutes
print(dht.stats().replies_out >= before)          --> true
