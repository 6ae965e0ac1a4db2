local t = sim.tables()
print(t.members, t.good > 8 * t.members, t.bad)  --> 100	true	0
local one, n = sim.node(1).table, 0
for status in ("good questionable bad unverified"):gmatch("%a+") do
  n = n + one:count(status)
end
print(n == #one)  --> true
