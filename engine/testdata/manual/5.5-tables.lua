-- Table manipulation (5.5).
local function fails(f) print(pcall(f)) end
local function show(t) local s = {} for i = 1, table.maxn(t) do s[i] = tostring(t[i]) end return "{" .. table.concat(s, " ") .. "}" end

-- concat
print(table.concat({}), table.concat({ 1, 2, 3 }), table.concat({ "a", "b" }, ", "), table.concat({ 1, 2, 3 }, 1), table.concat({ 1, 2 }, 1.5))
print(table.concat({ 1, 2, 3 }, ",", 2), table.concat({ 1, 2, 3 }, ",", 2, 2), table.concat({ 1, 2, 3 }, ",", "1", "2"), table.concat({ 1, 2 }, ",", 3))
print(table.concat({ 0.1, 1 / 3, 1e15, -0.0 }, " "), table.concat({ 1, 2, 3 }, nil, 2, nil), table.concat({ [0] = "z", "a" }, "-", 0))
fails(function() table.concat() end)
fails(function() table.concat({ {} }) end)
fails(function() table.concat({ 1, true, 3 }) end)
fails(function() table.concat({ 1, 2 }, ",", 1, 3) end)
fails(function() table.concat({ 1, 2 }, {}) end)
fails(function() table.concat({ 1, 2 }, ",", "x") end)
fails(function() table.concat(1) end)

-- insert, remove
local t = {}
table.insert(t, "a") table.insert(t, 1, "b") table.insert(t, 2, "c") table.insert(t, #t + 1, "d") table.insert(t, "2", "e")
print(show(t))
print(table.remove(t), table.remove(t, 1), table.remove(t, "2"), show(t))
print(table.remove({}), table.remove({ 1, 2 }, 5), table.remove({ 1, 2 }, 0), select("#", table.remove({})), select("#", table.remove({ 1 }, 7)))
t = { 1, 2, 3 }
table.insert(t, 6, "six")
print(t[1], t[2], t[3], t[4], t[5], t[6])
t = { 1, 2 }
table.insert(t, 0, "zero")
print(t[0], t[1], t[2], t[3])
t = { 1, 2 }
table.insert(t, -1, "x")
print(t[-1], t[0], t[1], t[2], t[3])
print(table.insert({}, 1), select("#", table.insert({}, 1)))
fails(function() table.insert() end)
fails(function() table.insert({}) end)
fails(function() table.insert({}, 1, 2, 3) end)
fails(function() table.insert({}, "x", 1) end)
fails(function() table.insert(nil, 1) end)
fails(function() table.remove() end)
fails(function() table.remove({}, {}) end)

-- maxn, getn, setn, foreach, foreachi
print(table.maxn({}), table.maxn({ 1, 2, [10] = 3 }), table.maxn({ [1.5] = 1 }), table.maxn({ [-1] = 1, x = 2 }), table.maxn({ 1, nil, nil, 4 }))
print(table.getn({ 1, 2, 3 }), table.getn({}))
fails(function() table.setn({}, 1) end)
fails(function() table.getn() end)
fails(function() table.maxn(1) end)
table.foreachi({ "a", "b" }, function(i, v) io.write(i, v, " ") end)
print(table.foreachi({ "a", "b", "c" }, function(i, v) if v == "b" then return i end end))
table.foreach({ x = 1 }, function(k, v) io.write(k, v, " ") end)
print(table.foreach({ x = 1 }, function(k) return k .. "!" end), table.foreach({}, print))
fails(function() table.foreach({}) end)
fails(function() table.foreachi({}, 1) end)
fails(function() table.foreach(nil, print) end)

-- sort
local function sorted(t, less) table.sort(t, less) return show(t) end
print(sorted { 3, 1, 2 }, sorted { "b", "a", "C", "10", "9" }, sorted({ 3, 1, 2 }, function(a, b) return a > b end), sorted {}, sorted { 1 })
local words = {}
for w in ("the quick brown fox jumps over the lazy dog and runs away from the dog"):gmatch("%a+") do words[#words + 1] = w end
print(sorted(words))
-- Elements that are alike come in the order in which Lua's own sort leaves them.
local seed, list = 7, {}
for i = 1, 100 do seed = (seed * 1103515245 + 12345) % 2147483648 list[i] = { key = seed % 10, n = i } end
table.sort(list, function(a, b) return a.key < b.key end)
for i, v in ipairs(list) do io.write(v.n, i < #list and " " or "\n") end
print(pcall(table.sort, { 1, 2, 3, 4, 5, 6, 7, 8 }, function(a, b) return true end))
print(pcall(table.sort, { 5, 3, 1, 4, 2, 6 }, function(a, b) return false end))
print(pcall(table.sort, { 3, 2, 1, 5, 9, 7 }, function(a, b) return a <= b end))
local order = { 1, 1, 1, 1, 1, 1 }
print(pcall(table.sort, order, function(a, b) return a <= b end))
fails(function() table.sort({ 1, "x" }) end)
fails(function() table.sort({ {}, {} }) end)
fails(function() table.sort({ 1, 2, nil, 4 }) end)
fails(function() table.sort({ 2, 1 }, 1) end)
fails(function() table.sort() end)
fails(function() table.sort({ 2, 1 }, function() error("in less") end) end)
local mt = { __lt = function(a, b) return a.v < b.v end }
local objects = {}
for i, v in ipairs { 3, 1, 2 } do objects[i] = setmetatable({ v = v }, mt) end
table.sort(objects)
print(objects[1].v, objects[2].v, objects[3].v)
