-- exit: 5
-- stderr: hang-pairs.lua:\d+: over the limit of 1s without a blocking call

local t = {1}
for k in pairs(t) do
  t[k + 1] = k
  if k > 1000 then t = {1} end
end
while true do
  for k in pairs(_G) do end
end
