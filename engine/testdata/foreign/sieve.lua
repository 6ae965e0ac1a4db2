-- Primes by a sieve, and by a chain of coroutines.
local function sieve(n)
  local composite, primes = {}, {}
  for i = 2, n do
    if not composite[i] then
      primes[#primes + 1] = i
      for j = i * i, n, i do composite[j] = true end
    end
  end
  return primes
end
local primes = sieve(5000)
print(#primes, primes[#primes], table.concat(primes, " ", 1, 30))
local function numbers(n) return coroutine.wrap(function() for i = 2, n do coroutine.yield(i) end end) end
local function filter(p, g)
  return coroutine.wrap(function()
    for n in g do if n % p ~= 0 then coroutine.yield(n) end end
  end)
end
local g, found = numbers(200), {}
while true do
  local p = g()
  if not p then break end
  found[#found + 1] = p
  g = filter(p, g)
end
print(#found, table.concat(found, ","))
