-- exit: 0
-- stdout: ^counted$

local args = {}
for i = 1, 7000 do args[i] = i end
local function count(...) return select("#", ...) end
assert(count(unpack(args)) == 7000)
local function pass(...) return count(...) + pass(..., ...) end
assert(not pcall(pass, unpack(args)))
local function more(...) return 1 + more(1, 2, 3, 4, 5, 6, 7, 8, ...) end
local ok, why = pcall(more)
assert(not ok and why:find("stack overflow"), why)
assert(not pcall(string.char, unpack(args)))
assert(#string.char(unpack(args, 1, 255)) == 255)
assert(math.max(unpack(args)) == 7000)
print("counted")
