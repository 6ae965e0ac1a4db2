local function a(i, j) local ij = i + j - 1 return 1 / (ij * (ij - 1) * 0.5 + i) end
local function times(n, x, f)
  local y = {}
  for i = 1, n do
    local s = 0
    for j = 1, n do s = s + x[j] * f(i, j) end
    y[i] = s
  end
  return y
end
local function both(n, x) return times(n, times(n, x, a), function(i, j) return a(j, i) end) end
for _, n in ipairs { 10, 40 } do
  local u, v = {}, nil
  for i = 1, n do u[i] = 1 end
  for _ = 1, 10 do v = both(n, u) u = both(n, v) end
  local vBv, vv = 0, 0
  for i = 1, n do vBv, vv = vBv + u[i] * v[i], vv + v[i] * v[i] end
  print(n, ("%.9f"):format(math.sqrt(vBv / vv)))
end
