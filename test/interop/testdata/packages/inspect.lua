local inspect = require "inspect"
print(inspect({ 1, 2, 3 }), inspect("a\nb'\"\1"), inspect(nil), inspect(1.5), inspect({}))
print(inspect { a = 1, b = { c = { d = {} } }, [1] = "x", ["key with space"] = true, [1.5] = 2, [false] = 0 })
print(inspect({ a = { b = { c = {} } } }, { depth = 2 }), inspect({ 1, { 2 } }, { newline = "@", indent = ">>" }))
local ring = { name = "ring" }
ring.self = ring
print(inspect(ring))
print(inspect(setmetatable({ 1 }, { __index = { x = 1 } })))
print(inspect({ a = 1, secret = 2 }, { process = function(item, path) if path[#path] ~= "secret" then return item end end }))
print(inspect { print, print, function() end } == inspect { print, print, function() end })
