-- Mathematical functions (5.6).
local function fails(f) print(pcall(f)) end
local function p(...) local s = {} for i = 1, select("#", ...) do s[i] = ("%.12g"):format((select(i, ...))) end print(table.concat(s, " ")) end
print(math.abs(-3), math.abs("-3.5"), math.abs(0), math.ceil(1.1), math.ceil(-1.1), math.floor(1.9), math.floor(-1.1), math.floor("010"))
p(math.acos(0.5), math.asin(0.5), math.atan(1), math.atan2(1, -1), math.atan2(-0.0, -1), math.cos(1), math.sin(1), math.tan(1))
p(math.cosh(1), math.sinh(1), math.tanh(1), math.exp(1), math.log(10), math.log10(1000), math.log(0), math.pow(2, 10), math.sqrt(2))
p(math.deg(math.pi), math.rad(180), math.deg(1), math.rad(1), math.pi)
print(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(5.5, 2), math.mod(7, 3), math.mod(-7, 3), math.fmod("7", "4"))
print(math.modf(3.7), math.modf(-3.7), math.modf(5), math.modf(-5), math.modf(0), math.modf(-0.0))
print(math.modf(3.7)) print(math.modf(-3.7)) print(math.modf(5)) print(math.modf(-5)) print(math.modf(-0.5))
print(math.modf(math.huge)) print(math.modf(-math.huge)) print(math.modf("2.5"))
print(math.frexp(8)) print(math.frexp(0.3)) print(math.frexp(0)) print(math.frexp(-5)) print(math.frexp(math.huge)) print(math.frexp(2 ^ -1070))
print(math.ldexp(0.5, 4), math.ldexp(1, 1024), math.ldexp(1, -1080), math.ldexp(3, "2"), math.ldexp(0.75, 2.9))
print(math.max(1), math.max(1, 3, 2), math.max("10", 9), math.min(3, 1, 2), math.min(-0.0, 0), math.max(-math.huge, 1))
print(math.huge, -math.huge, math.huge == 1 / 0, math.pi)
fails(function() math.max() end)
fails(function() math.min() end)
fails(function() math.max(1, {}) end)
fails(function() math.floor() end)
fails(function() math.floor("x") end)
fails(function() math.floor("0b1") end)
fails(function() math.pow(1) end)
fails(function() math.fmod(1) end)
fails(function() math.ldexp(1) end)
fails(function() math.sqrt(nil) end)
print(math.sqrt(-1) ~= math.sqrt(-1), math.log(-1) ~= math.log(-1), math.fmod(1, 0) ~= math.fmod(1, 0))

-- random
for _ = 1, 100 do
  local a, b, c = math.random(), math.random(6), math.random(-3, 3)
  assert(a >= 0 and a < 1 and b >= 1 and b <= 6 and b % 1 == 0 and c >= -3 and c <= 3 and c % 1 == 0)
end
print(math.random(1), math.random(5, 5), math.random("1"), math.random(1.9), math.random("3", "3"))
fails(function() math.random(0) end)
fails(function() math.random(2, 1) end)
fails(function() math.random(1, 2, 3) end)
fails(function() math.random({}) end)
fails(function() math.random(1, "x") end)
print(math.randomseed(42), select("#", math.randomseed(1)))
fails(function() math.randomseed() end)
math.randomseed(7)
local a, b = math.random(1000), math.random(1000)
math.randomseed(7)
print(a == math.random(1000), b == math.random(1000))

-- Arithmetic of the language itself.
print(5 % 3, -5 % 3, 5 % -3, 2 ^ 0.5 == math.sqrt(2), 1e308 * 10, -1e308 * 10, 0 / 1, 0 / -1)
print(7 % 2.5, -7 % 2.5, 1e17 % 3, 2 ^ -1, (-2) ^ 2, -2 ^ 2, (-2) ^ 3)
