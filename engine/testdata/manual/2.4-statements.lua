-- Statements (2.4).
-- Assignment: all expressions are evaluated before anything is assigned.
local a, b = 1, 2
a, b = b, a
print(a, b)
local i, t = 3, {}
i, t[i] = i + 1, 20
print(i, t[3], t[4])
local m, n = 18, 12
while n ~= 0 do m, n = n, m % n end
print(m)
local p, q = 0, 1
for _ = 1, 10 do p, q = q, p + q end
print(p)
local c, d, e = (function() return 1, 2 end)()
print(c, d, e)
c, d, e = 0, (function() return 1, 2 end)()
print(c, d, e)
c, d = ((function() return 1, 2 end)()), "x"
print(c, d)
local r, s = {}, 4
g, r.x = 7, s
print(g, r.x)
r, r.y = { old = true }, "into the old one"
print(r.old, r.y)
local function varargs(...)
  local first = ...
  local x, y = 1, 2
  x = (...)
  return x, y, first, select("#", ...)
end
print(varargs("v", "w"))

-- Control structures.
local out = {}
local k = 0
repeat local done = k >= 3 k = k + 1 out[#out + 1] = k until done
print(table.concat(out, ","))
while true do k = k - 1 if k < 2 then break end end
print(k)
if k == 1 then print("one") elseif k == 2 then print("two") else print("else") end

-- for
for i = 1, 3 do io.write(i, " ") end
for i = 3, 1, -1 do io.write(i, " ") end
for i = 1, 0 do io.write("never") end
for i = 0, 1, 0.25 do io.write(i, " ") end
for i = 1, 3 do local j = i i = 10 io.write(j, " ") end
print()
print(pcall(function() for i = "x", 2 do end end))
print(pcall(function() for i = 1, {} do end end))
print(pcall(function() for i = 1, 2, true do end end))
for k, v in next, { 10, 20 } do io.write(k, "=", v, " ") end
for w in ("a b c"):gmatch("%a") do io.write(w, ";") end
local function iter(s, c) if c < s then return c + 1, c * c end end
for i, sq in iter, 4, 0 do io.write(i, ":", sq, " ") end
print()
local fs = {}
for i = 1, 3 do fs[i] = function() i = i + 1 return i end end
print(fs[1](), fs[1](), fs[2](), fs[3]())

-- Function calls as statements, blocks, local declarations.
do local a = 5 print(a) end
print(a)
local z = z
print(z)
local u, v, w = 1, 2
print(u, v, w)
local function fact(n) if n < 2 then return 1 end return n * fact(n - 1) end
print(fact(20))
