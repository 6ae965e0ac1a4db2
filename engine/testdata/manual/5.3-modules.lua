-- Modules (5.3).
print(package.loaded.string == string, package.loaded._G == _G, package.loaded.math == math, package.loaded.table == table)
print(package.loaded.coroutine == coroutine, package.loaded.os == os, package.loaded.io == io, package.loaded.package == package)
print(package.loaded.debug == debug, require("string") == string)
print(type(package.preload), type(package.path), type(package.cpath), type(package.seeall))
print((package.config:gsub("\n", " ")))
print(#package.path > 0, package.path:find("?", 1, true) ~= nil)

local calls = 0
package.preload["made.up"] = function(...) calls = calls + 1 print("loading", ...) return { name = ... } end
print(require("made.up").name, require("made.up") == require("made.up"), calls)
package.loaded["made.up"] = nil
print(require("made.up").name, calls)
package.preload["nothing"] = function() end
print(require("nothing"), package.loaded.nothing)
package.preload["sets"] = function(name) package.loaded[name] = "what it set" end
print(require("sets"), package.loaded.sets)
package.preload["says.false"] = function() calls = calls + 1 return false end
print(require("says.false"), require("says.false"), calls)
package.preload["fails"] = function() error("no luck") end
print(pcall(function() require("fails") end))
package.loaded.given = 5
print(require("given"))
print((pcall(function() require("is.not.there") end)))
print(pcall(function() require() end))
print(pcall(function() require({}) end))

-- module
package.preload["old.style"] = function(...)
  module(..., package.seeall)
  function hello() return "hello from " .. _NAME end
  local secret = 1
  answer = 42
  package = nil
end
local m = require "old.style"
print(m == old.style, m.hello(), m.answer, m.secret, answer, m._M == m, m._NAME, m._PACKAGE)
print(package.loaded["old.style"] == m)
local function bare() module("bare") x = 1 end
bare()
print(bare_, _G.bare.x, _G.bare._NAME, _G.bare._PACKAGE, x)
local seen = {}
local function options() module("options", function(t) seen[1] = t end, function(t) t.extra = 1 end) end
options()
print(seen[1] == _G.options, _G.options.extra)
string2 = "not a table"
print(pcall(function() module("string2.sub") end))
print(pcall(function() module() end))
print(pcall(function() package.seeall(1) end))
