-- exit: 1
-- stderr: bomb-rep.lua:\d+: resulting string too large$

print(#("x"):rep(1e12))
