-- Ackermann, Fibonacci, matrices, k-means, primes, digits of pi, gcd.
local function ack(m, n) if m == 0 then return n + 1 elseif n == 0 then return ack(m - 1, 1) end return ack(m - 1, ack(m, n - 1)) end
print(ack(2, 3), ack(3, 3), ack(3, 4))
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(20))
local a, b = 0, 1
for _ = 1, 78 do a, b = b, a + b end
print(a, ("%.0f"):format(a))
local function gcd(m, n) while n ~= 0 do m, n = n, m % n end return m end
print(gcd(12, 18), gcd(1071, 462), gcd(2 ^ 40, 6 ^ 10))
local function matrix(n, f) local m = {} for i = 1, n do m[i] = {} for j = 1, n do m[i][j] = f(i, j) end end return m end
local function mul(x, y) local n = #x return matrix(n, function(i, j) local s = 0 for k = 1, n do s = s + x[i][k] * y[k][j] end return s end) end
local p = mul(matrix(12, function(i, j) return (i - j) * (i + j) / 12 end), matrix(12, function(i, j) return 1 / (i + j) end))
for i = 1, 12, 4 do print(p[i][1], p[i][6], p[i][12]) end
local seed = 1
local function random() seed = (seed * 1103515245 + 12345) % 2147483648 return seed / 2147483648 end
local points, centers = {}, {}
for i = 1, 200 do points[i] = { random() + i % 3 * 2, random() + i % 3 } end
for i = 1, 3 do centers[i] = { points[i][1], points[i][2] } end
for _ = 1, 10 do
  local sums = { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } }
  for _, q in ipairs(points) do
    local best, least
    for c, center in ipairs(centers) do
      local d = (q[1] - center[1]) ^ 2 + (q[2] - center[2]) ^ 2
      if not least or d < least then best, least = c, d end
    end
    local s = sums[best]
    s[1], s[2], s[3] = s[1] + q[1], s[2] + q[2], s[3] + 1
  end
  for c, s in ipairs(sums) do if s[3] > 0 then centers[c] = { s[1] / s[3], s[2] / s[3] } end end
end
for _, c in ipairs(centers) do print(("%.10f %.10f"):format(c[1], c[2])) end
local function pi(n) -- the spigot of Rabinowitz and Wagon
  local len, out, nines, pre = math.floor(10 * n / 3) + 1, {}, 0, 0
  local d = {}
  for i = 1, len do d[i] = 2 end
  for _ = 1, n do
    local q = 0
    for i = len, 1, -1 do
      local x = 10 * d[i] + q * i
      d[i] = x % (2 * i - 1)
      q = math.floor(x / (2 * i - 1))
    end
    d[1] = q % 10
    q = math.floor(q / 10)
    if q == 9 then nines = nines + 1
    elseif q == 10 then
      out[#out + 1] = pre + 1 .. ("0"):rep(nines)
      pre, nines = 0, 0
    else
      out[#out + 1] = pre .. ("9"):rep(nines)
      pre, nines = q, 0
    end
  end
  return table.concat(out)
end
print(pi(60))
local function hanoi(n, from, to, via) if n == 0 then return 0 end return hanoi(n - 1, from, via, to) + 1 + hanoi(n - 1, via, to, from) end
print(hanoi(10, "a", "c", "b"))
local collatz, best = {}, { 1, 1 }
local function chain(n) if n == 1 then return 1 end if collatz[n] then return collatz[n] end local l = 1 + chain(n % 2 == 0 and n / 2 or 3 * n + 1) collatz[n] = l return l end
for n = 1, 2000 do local l = chain(n) if l > best[2] then best = { n, l } end end
print(best[1], best[2])
