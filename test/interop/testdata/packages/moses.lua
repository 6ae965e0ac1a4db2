for _, name in ipairs { "moses", "moses_min" } do
  local M = require(name)
  local function show(t) if type(t) ~= "table" then return tostring(t) end local s = {} for i, v in ipairs(t) do s[i] = show and type(v) == "table" and "{" .. table.concat(v, ",") .. "}" or tostring(v) end return "{" .. table.concat(s, " ") .. "}" end
  print(M._VERSION)
  print(show(M.map({ 1, 2, 3 }, function(v) return v * 2 end)), show(M.filter and M.filter({ 1, 2, 3, 4 }, function(v) return v % 2 == 0 end) or M.select({ 1, 2, 3, 4 }, function(v) return v % 2 == 0 end)))
  print(M.reduce({ 1, 2, 3, 4 }, function(a, b) return a + b end), M.detect({ 6, 8, 10 }, 8), M.all({ 2, 4 }, function(v) return v % 2 == 0 end))
  print(show(M.reverse { 1, 2, 3 }), show(M.sort({ 3, 1, 2 })), show(M.unique { 1, 1, 2 }), show(M.flatten { 1, { 2, { 3 } } }), show(M.range(1, 5, 2)))
  print(show(M.union({ 1, 2 }, { 2, 3 })), show(M.intersection({ 1, 2 }, { 2, 3 })), show(M.difference({ 1, 2, 3 }, { 2 })), show(M.zip({ 1, 2 }, { "a", "b" })))
  print(M.max { 3, 9, 2 }, M.min { 3, 9, 2 }, M.sum { 1, 2, 3 }, M.mean { 1, 2, 3 }, M.median { 1, 2, 3, 4 }, M.product { 2, 3 })
  print(show(M.first({ 1, 2, 3 }, 2)), show(M.last({ 1, 2, 3 }, 2)), show(M.chunk({ 1, 1, 2 }, function(v) return v end)), show(M.slice({ 1, 2, 3, 4 }, 2, 3)))
  print(M.isEqual({ 1, { 2 } }, { 1, { 2 } }), M.isEmpty {}, M.isArray { 1 }, M.isString "x", M.isNaN(0 / 0), M.size { 1, 2 })
  print(M.compose(function(x) return x + 1 end, function(x) return x * 2 end)(5), M.once(function() return 7 end)(), M.bind(math.max, 5)(3), M.identity(9))
  local calls = 0
  local memo = M.memoize(function(x) calls = calls + 1 return x * x end)
  print(memo(4), memo(4), calls, show(M.times(function(i) return i * i end, 3)), M.template and M.template("x") or "", M.uniqueId and type(M.uniqueId()))
  print(M.chain({ 1, 2, 3, 4 }):map(function(v) return v * v end):sum():value())
  print(show(M.append({ 1 }, { 2 })), show(M.interleave({ 1, 2 }, { 3, 4 })), show(M.interpose({ 1, 2 }, 0)), M.concat({ 1, 2, 3 }, "-"))
  print(pcall(M.reduce, nil, print) == false)
end
