-- Basic functions (5.1).
local function try(f, ...) -- the message without what a direct call by pcall cannot know: the name
  local r = { pcall(f, ...) }
  for i = 1, #r do if type(r[i]) == "string" then r[i] = r[i]:gsub("to '[%w?]+'", "to it") end end
  print(unpack(r))
end

-- assert
print(assert(1, 2, 3))
print(pcall(function() assert(false) end))
print(pcall(function() assert(nil, "message") end))
print(pcall(function() assert(false, 12) end))
print(pcall(function() assert() end))
print(pcall(assert, false, "direct"))

-- collectgarbage, gcinfo
print(collectgarbage(), collectgarbage("collect"), collectgarbage("stop"), collectgarbage("restart"))
print(type(collectgarbage("count")), collectgarbage("count") > 0, type(gcinfo()))
print(collectgarbage("setpause", 100), collectgarbage("setpause", 200))
print(collectgarbage("setstepmul", 100), collectgarbage("setstepmul", 200))
print(pcall(function() collectgarbage("bogus") end))
print(pcall(function() collectgarbage({}) end))

-- error
print(pcall(error))
print(pcall(error, nil))
print(pcall(error, "x"))
print(pcall(error, "x", 1))
print(pcall(error, "x", 2))
print(pcall(error, 42))
print(pcall(error, 42, 0))
print(pcall(function() error("here") end))
print(pcall(function() error("here", 0) end))
print(pcall(function() error(7) end))
print(type(select(2, pcall(function() error(7, 0) end))), type(select(2, pcall(function() error(7) end))))
local function level(n) error("level " .. n, n) end
local function caller(n) level(n) end
print(pcall(caller, 1))
print(pcall(caller, 2))
print(pcall(caller, 3))
print(pcall(caller, 4))
print(pcall(function() caller(3) end))
local function tail(n) return level(n) end
print(pcall(function() tail(2) end))
print(pcall(function() tail(3) end))
print(pcall(function() tail(4) end))
print(select(2, pcall(error, { 1 }))[1])
print(pcall(function() pcall(error, "x") error("after") end))
print(pcall(pcall, error, "nested"))
print(pcall(pcall, nil))
print(pcall(nil))
print(pcall(function() pcall() end))

-- getmetatable, rawequal, rawget, rawset
local t = setmetatable({}, { __index = function() return "meta" end, __newindex = function() end })
t.x = 1
print(t.x, rawget(t, "x"), rawset(t, "x", 2) == t, rawget(t, "x"), t.x)
print(pcall(function() rawget(1, 2) end))
print(pcall(function() rawget({}) end))
print(pcall(function() rawset({}, 1) end))
print(pcall(function() rawset({}, nil, 1) end))
print(pcall(function() rawset({}, 0 / 0, 1) end))
print(pcall(function() rawequal(1) end))
print(rawequal(0 / 0, 0 / 0), rawequal({}, {}), rawequal(2, 2.0))

-- ipairs, next, pairs
for i, v in ipairs { 1, 2, nil, 4 } do io.write(i, "=", v, " ") end
for i, v in ipairs(setmetatable({}, { __index = function(_, i) return i < 3 and i or nil end })) do io.write("never") end
print()
print(next({}), next({ 5 }), next({ 5 }, 1))
print(pcall(function() next({}, 1) end))
print(pcall(function() next({ 1, 2 }, "x") end))
print(pcall(function() next() end))
print(pcall(function() next(1) end))
print(pcall(function() ipairs() end))
print(pcall(function() pairs(nil) end))
print(pcall(function() pairs() end))
print(pcall(pairs))
print(pcall(string.rep))
print(pcall(string.rep, "x"))
print(pcall(select, 0))
local u = { 1, 2, 3, a = 1, b = 2, c = 3 }
local n = 0
for k in pairs(u) do u[k] = nil n = n + 1 end
print(n, next(u))

-- load, loadstring
print(loadstring("return 1, ...")(2))
print(loadstring("local a = ... return a + 1", "name")("41"))
print(select("#", loadstring("return nil")()), loadstring("") ~= nil, loadstring("")())
local parts = { "return ", "1", " + 2", "", "x" }
local i = 0
print(load(function() i = i + 1 return parts[i] end)())
print(load(function() end)())
print(pcall(loadstring("error('x')", "=name")))
print(pcall(loadstring("error('x')", "@file.lua")))
print(pcall(loadstring("error('x')", "text of it")))
print(pcall(loadstring("\n\nerror('x')", "first\nsecond")))
print(pcall(loadstring("error('x')", ("long"):rep(50))))
print(pcall(loadstring("error('x')", "=" .. ("long"):rep(50))))
print(pcall(loadstring("error('x')", "@" .. ("long"):rep(50))))
print(pcall(loadstring("error('x')", 12)))
print(pcall(loadstring("error('x')")))
print(pcall(function() loadstring() end))
print(pcall(function() load(1.5, {}) end) == false)

-- select
print(select(1, "a", "b"), select(2, "a", "b"), select(3, "a", "b"))
print(select(-1, "a", "b"), select("#"), select("#", nil, nil), select("2", "a", "b"), select(1.9, "a", "b"))
print(pcall(function() select(0) end))
print(pcall(function() select(-3, 1, 2) end))
print(pcall(function() select("x") end))
print(pcall(function() select() end))

-- tonumber
print(tonumber("10"), tonumber(" 0x1F "), tonumber("1e1"), tonumber(""), tonumber("x"), tonumber("1 2"), tonumber({}), tonumber(nil))
print(tonumber("10", 2), tonumber("ff", 16), tonumber("FF", 16), tonumber("0xff", 16), tonumber("zz", 36), tonumber("7", 8), tonumber("8", 8))
print(tonumber(" 11 ", 2), tonumber("+11", 2), tonumber("-11", 2), tonumber("1.5", 10), tonumber("1.5", 8), tonumber(10, 16), tonumber("", 16))
print(tonumber("0x", 16), tonumber("0xg", 16), tonumber("- 1", 16), tonumber("18446744073709551615", 10), tonumber("ffffffffffffffff", 16), tonumber("fffffffffffffffff", 16))
print(tonumber("1" .. ("0"):rep(40)), tonumber("1" .. ("0"):rep(70), 2), tonumber("99", "16"), tonumber("1e1", 16), tonumber("\t12\n", 3))
print(pcall(function() tonumber() end))
print(pcall(function() tonumber("1", 1) end))
print(pcall(function() tonumber("1", 37) end))
print(pcall(function() tonumber({}, 16) end))
print(pcall(function() tonumber("1", {}) end))

-- tostring, print
print(tostring(nil), tostring(true), tostring(12), tostring("s"), tostring(-0.0), tostring(1e300))
print(tostring(setmetatable({}, { __tostring = function() return "mine" end })))
print(type(tostring(setmetatable({}, { __tostring = function() return 5 end }))))
print(pcall(function() print(setmetatable({}, { __tostring = function() return {} end })) end))
print(pcall(function() tostring() end))
local original = tostring
function tostring(v) return "<" .. original(v) .. ">" end
print(1, nil, "x")
tostring = original
print((original({}):gsub("%w+$", "")))

-- type, unpack
print(type(1), type(type), pcall(function() type() end))
print(unpack({ 1, 2, 3 }))
print(unpack({ 1, 2, 3 }, 2))
print(unpack({ 1, 2, 3 }, "2", "3"))
print(unpack({ 1, nil, 3 }, 1, 3))
print(unpack({}, 1, 2))
print(unpack({ 1 }, 2))
print(unpack({ [-1] = "m", [0] = "z" }, -1, 0))
print(pcall(function() unpack() end))
print(pcall(function() unpack({}, 1, 1e7) end))
print(pcall(function() unpack({}, 1, 8001) end))
print(select("#", unpack({}, 1, 7000)))
print(pcall(function() unpack({}, {}) end))

-- xpcall
print(xpcall(function() return 1, 2 end, print))
print(xpcall(function() error("e") end, function(m) return "handled: " .. m, "dropped" end))
print(xpcall(function() error({}) end, type))
print(xpcall(function() error("e") end, function() error("again") end))
print(xpcall(function() error("e") end, 5))
print(pcall(function() xpcall(print) end))
print(xpcall(function() local x = nil; return x.y end, function(m) return m end))

-- newproxy, _VERSION, _G
local p = newproxy(true)
getmetatable(p).__index = function(_, k) return k .. "?" end
getmetatable(p).__len = function() return 7 end
getmetatable(p).__call = function(_, v) return v end
print(type(p), p.x, #p, p(3), getmetatable(newproxy(p)) == getmetatable(p), getmetatable(newproxy()), getmetatable(newproxy(false)))
print(pcall(function() newproxy({}) end))
print(pcall(function() newproxy(newproxy()) end))
print(_VERSION, _G._G == _G)
try(rawlen)
try(string.rep)
try(setmetatable, {}, 5)
