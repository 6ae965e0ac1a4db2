-- Spheres, light and shadow: vectors as objects with operators.
local V = {}
V.__index = V
local function vec(x, y, z) return setmetatable({ x = x, y = y, z = z }, V) end
V.__add = function(a, b) return vec(a.x + b.x, a.y + b.y, a.z + b.z) end
V.__sub = function(a, b) return vec(a.x - b.x, a.y - b.y, a.z - b.z) end
V.__mul = function(a, b) if type(b) == "number" then return vec(a.x * b, a.y * b, a.z * b) end return a.x * b.x + a.y * b.y + a.z * b.z end
V.__unm = function(a) return vec(-a.x, -a.y, -a.z) end
V.__tostring = function(a) return ("(%.4f, %.4f, %.4f)"):format(a.x, a.y, a.z) end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y and a.z == b.z end
function V:unit() return self * (1 / math.sqrt(self * self)) end
local spheres = { { c = vec(0, 0, 5), r = 1.5, shade = 1 }, { c = vec(1.5, 1, 4), r = 0.7, shade = 0.8 }, { c = vec(0, -101.5, 5), r = 100, shade = 0.5 } }
local light = vec(-3, 5, -2)
local function hit(from, dir)
  local near, what
  for _, s in ipairs(spheres) do
    local oc = from - s.c
    local b, c = oc * dir, oc * oc - s.r * s.r
    local d = b * b - c
    if d > 0 then
      local t = -b - math.sqrt(d)
      if t > 1e-4 and (not near or t < near) then near, what = t, s end
    end
  end
  return near, what
end
local function trace(from, dir, depth)
  local t, s = hit(from, dir)
  if not t then return 0.1 + 0.1 * math.max(dir.y, 0) end
  local p = from + dir * t
  local n = (p - s.c):unit()
  local l = (light - p):unit()
  local v = 0.1
  if not hit(p, l) then v = v + 0.7 * s.shade * math.max(n * l, 0) end
  if depth > 0 then v = v + 0.2 * trace(p, (dir - n * (2 * (dir * n))):unit(), depth - 1) end
  return v
end
local ramp = " .:-=+*#%@"
for y = 1, 24 do
  local line = {}
  for x = 1, 56 do
    local v = trace(vec(0, 0, 0), vec((x - 28) / 28, (12 - y) / 16, 1.6):unit(), 2)
    local k = math.min(math.floor(v * 12) + 1, #ramp)
    line[x] = ramp:sub(k, k)
  end
  print(table.concat(line))
end
print(vec(1, 2, 3) + vec(4, 5, 6) * 2, -vec(1, 0, 0), vec(1, 2, 3) == vec(1, 2, 3), vec(3, 4, 0) * vec(3, 4, 0))
print(("%.12f"):format(trace(vec(0, 0, 0), vec(0, 0, 1), 3)))
