-- Penlight: what is left of it. pl.path, pl.dir, pl.file, pl.app and pl.test want LuaFileSystem, a library in C, which
-- is in neither Lua.
for _, name in ipairs { "pl.path", "pl.dir", "pl.file", "pl.app", "pl.test" } do
  local ok, err = pcall(require, name)
  print(name, ok, ok or tostring(err):find("LuaFileSystem") ~= nil or tostring(err):find("previous error") ~= nil)
end
local compat = require "pl.compat"
print(compat.lua51, compat.jit, compat.dir_separator, compat.is_windows)
local f = compat.load("x = x + 1 return x", "chunk", "t", { x = 4 })
print(f(), compat.load("return +", "chunk") == nil, compat.setfenv(f, { x = 1 }) and f(), compat.getfenv(f).x)
local pl = require "pl.import_into" ()
print(pl.List { 1, 2 }, pl.stringx.strip " x ", pl.tablex.size { 1 })
require "pl"
print(List { 3, 4 }, stringx.upper == nil, tablex.find({ 1, 2 }, 2), utils.split("p q")[2], OrderedMap { { a = 1 } })
local balanced = require "pl.luabalanced"
print(balanced.match_bracketed("(a(b)c) d", 1), balanced.match_expression("x + f(1, 2) then", 1), balanced.match_string("'it' x", 1), #balanced.match_namelist("a, b, c = 1", 1))
local env = setmetatable({}, { __index = _G })
require("pl.strict").module("m", env)
print(pcall(function() return env.undefined_name end) == false, pcall(function() env.x = 1 return env.x end))
require "pl.strict"
print(pcall(function() return some_global_nobody_set end))
print(pcall(function() some_global_nobody_set = 1 end))
