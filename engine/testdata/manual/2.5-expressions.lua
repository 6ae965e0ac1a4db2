-- Expressions (2.5).
print(2 + 3 * 4 ^ 2 / 2, (2 + 3) * 4, 2 ^ 3 ^ 2, -2 ^ 2, not 1 == 2, 1 .. 2 .. 3)
print(7 / 2, -7 / 2, 7 % -3, -7 % 3, 5.3 % 2, 1e15 % 7, 2 ^ 0.5, (-8) ^ (1 / 3) ~= (-8) ^ (1 / 3))
print(-7 % 0.5, math.huge % 2 ~= math.huge % 2, 0 / 0 ~= 0 / 0)
print(1 < 2, "a" < "b", "a" < "B", "" < "a", "a\0b" < "a\0c", "Z" < "a", 1 <= 1, "10" < "9")
print({} == {}, print == print, "x" == "x", nil == false)
print(pcall(function() return 1 < "2" end))
print(pcall(function() return {} < {} end))
print(pcall(function() return nil < 1 end))
print(pcall(function() return print <= print end))
print(nil and 1, false and 1, 1 and 2, nil or 1, false or nil, 1 or 2, nil and nil or 3)
print(1 and nil, false or false, not not nil)
print(#{ 1, 2, 3 }, #"", #{ n = 1 }, #{ 1, 2, nil })
print("a" .. "b" .. 1 .. 2.5, ("x"):rep(3) .. "y")
print(pcall(function() return "a" .. {} end))
print(pcall(function() return 1 + nil end))
print(pcall(function() return -{} end))

-- Table constructors.
local function two() return "p", "q" end
local t = { two(), two() }
print(#t, t[1], t[2], t[3])
t = { two(), (two()) }
print(#t, t[1], t[2])
t = { [1] = "a", "b", x = 1, ["y z"] = 2, [3.5] = 3, two() }
print(t[1], t[2], t[3], t.x, t["y z"], t[3.5])
t = { 1, 2, 3; 4, n = 5, }
print(#t, t.n)

-- Function calls and varargs.
local function count(...) return select("#", ...) end
print(count(), count(nil), count(nil, nil), count(two()), count(two(), two()), count((two())))
local o = { v = 3, get = function(self, k) return self.v * (k or 1) end }
print(o:get(), o:get(2), o.get({ v = 1 }), ("%d"):format(7), #"abc" == ("abc"):len())
print((function(...) return ... end)(1, 2, 3))
print((function(...) return (...) end)(1, 2, 3))
print((function(...) local a, b = ... return b, a end)(1, 2, 3))
print((function(a, ...) return a, select("#", ...), ... end)(1))
print(type(print) .. "", two(), (two()))
local f = function(s) return #s end
print(f "str", f [[long
string]], (function(t) return t[1] end) { "tbl" })

-- Strings.
print("a\tb\\\"\'\65\066\10x\z" == "a\tb\\\"\'AB\nxz", '\'', "\"", #"\000\0", "\9" == "\t")
print([[
first newline is skipped]], [==[a]]b]=]c]==], #[[

]])

-- Tail calls do not take stack.
local function loop(n) if n == 0 then return "done" end return loop(n - 1) end
print(loop(100000))
