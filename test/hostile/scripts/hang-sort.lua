-- exit: 5
-- stderr: hang-sort.lua:\d+: over the limit of 1s without a blocking call

local t = {}
for i = 1, 1000 do t[i] = i end
table.sort(t, function(a, b)
  while true do end
end)
