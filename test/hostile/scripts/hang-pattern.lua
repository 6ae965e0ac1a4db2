-- exit: 5
-- stderr: hang-pattern.lua:\d+: over the limit of 1s without a blocking call

print(("a"):rep(5000):find(".-.-.-.-.-b"))
