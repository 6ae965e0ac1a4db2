-- Metatables (2.8).
local log = {}
local mt = {}
for _, op in ipairs { "add", "sub", "mul", "div", "mod", "pow", "concat" } do
  mt["__" .. op] = function(a, b)
    local function show(v) return type(v) == "table" and "T" or tostring(v) end
    return op .. "(" .. show(a) .. "," .. show(b) .. ")"
  end
end
mt.__unm = function(a) return "unm" end
mt.__call = function(self, ...) return "call", select("#", ...), ... end
mt.__tostring = function() return "TT" end
mt.__eq = function(a, b) return true end
mt.__lt = function(a, b) return "yes" end
mt.__le = function(a, b) return nil end
local T, U = setmetatable({}, mt), setmetatable({}, mt)
print(T + 1, 1 + T, T - U, T * 2, 2 / T, T % 2, T ^ 2, T .. "x", "x" .. T, 1 .. T, -T)
print("5" + T, T + "5")
print(T == U, T ~= U, T < U, T > U, T <= U, T >= U, not (T == 1))
print(T(1, nil), T())
print(tostring(T), #tostring({}) > 0)
print(pcall(function() return T < 1 end))

-- __index and __newindex.
local base = { a = 1, f = function(self) return self.b end }
local d = setmetatable({ b = 2 }, { __index = base })
print(d.a, d.b, d:f(), d.c, rawget(d, "a"))
local e = setmetatable({}, { __index = function(t, k) return k .. "!" end })
print(e.x, e[1], rawget(e, "x"))
local store = {}
local n = setmetatable({}, { __newindex = store })
n.x = 1
print(rawget(n, "x"), store.x)
local w = setmetatable({ old = 1 }, { __newindex = function(t, k, v) rawset(t, k, v + 1) end })
w.old, w.new = 5, 5
print(w.old, w.new)
local chain = {}
for i = 1, 20 do chain = setmetatable({}, { __index = i == 1 and { deep = "found" } or chain }) end
print(chain.deep)

-- __metatable.
local p = setmetatable({}, { __metatable = "locked" })
print(getmetatable(p))
print(pcall(function() setmetatable(p, {}) end))
print(pcall(function() setmetatable(p, nil) end))
print(pcall(function() setmetatable({}) end))
print(pcall(function() setmetatable({}, 1) end))
print(pcall(function() setmetatable(1, {}) end))
print(pcall(function() setmetatable() end))
print(getmetatable({}), getmetatable(1), getmetatable(print), getmetatable(nil), getmetatable("").__index == string)
print(pcall(function() getmetatable() end))
print(rawequal(T, U), rawequal(T, T), rawequal("a", "a"), rawequal(1, "1"))

-- The metamethod of the first operand that has one is taken; for __eq and __lt both must have the same.
local one = setmetatable({}, { __add = function() return "one" end, __eq = function() return true end })
local other = setmetatable({}, { __add = function() return "other" end, __eq = function() return true end })
print(one + other, other + one, 1 + other, one == other)
print(setmetatable({}, { __concat = function(a, b) return "c" end }) .. "a" .. "b")
print("a" .. "b" .. setmetatable({}, { __concat = function(a, b) return a .. "|" end }))

-- Objects.
local Account = {}
Account.__index = Account
function Account.new(b) return setmetatable({ balance = b }, Account) end
function Account:deposit(v) self.balance = self.balance + v return self end
local Special = setmetatable({}, { __index = Account })
Special.__index = Special
function Special:deposit(v) return Account.deposit(self, v * 2) end
print(Account.new(10):deposit(5).balance, setmetatable({ balance = 0 }, Special):deposit(5):deposit(1).balance)

-- Errors in metamethods, and values that have none.
print(pcall(function() local u = setmetatable({}, { __index = function(t, k) error("no " .. k) end }) return u.x end))
print(pcall(function() local u = setmetatable({}, { __index = function(t, k) error("no " .. k, 2) end }) return u.x end))
print(pcall(function() return {} .. "x" end))
print(pcall(function() return {} + 1 end))
print(pcall(function() local u = {} u() end))
print(pcall(function() local u = {} u.x.y = 1 end))
