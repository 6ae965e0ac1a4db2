local say = require "say"
say:set_namespace "en"
say:set("greeting", "Hello %s")
say:set_namespace "de"
say:set("greeting", "Hallo %s")
print(say("greeting", { "x" }))
say:set_namespace "en"
print(say("greeting", { "y" }), say("missing"))

local assert = require "luassert"
assert.is_true(true)
assert.are.equal(1, 1)
assert.same({ a = { 1, 2 } }, { a = { 1, 2 } })
assert.has_error(function() error("boom", 0) end, "boom")
assert.is_not.falsy(1)
assert.truthy("x")
assert.is_nil(nil)
assert.is_string("s") assert.is_number(1) assert.is_table({}) assert.is_function(print)
assert.are_not.same({ 1 }, { 2 })
assert.has.no.errors(function() end)
assert.near(1, 1.05, 0.1)
assert.matches("%d+", "abc123")
for _, f in ipairs {
  function() assert.are.equal(1, 2) end,
  function() assert.same({ 1, 2 }, { 1, 3 }) end,
  function() assert.is_true(false) end,
  function() assert.has_error(function() end) end,
  function() assert.is_nil("x") end,
  function() assert.unique({ 1, 1 }) end,
} do
  local ok, err = pcall(f)
  print(ok, (tostring(err):gsub("table: %w+", "table")))
end
local spy = require "luassert.spy"
local s = spy.new(function(a) return a * 2 end)
print(s(2), s(3))
assert.spy(s).was.called(2)
assert.spy(s).was.called_with(3)
print(pcall(function() assert.spy(s).was.called_with(9) end) == false)
local stub = require "luassert.stub"
local t = { f = function() return "real" end }
local st = stub(t, "f")
st.returns("stubbed")
print(t.f())
st:revert()
print(t.f())
local mock = require "luassert.mock"
local m = mock({ g = function() return 1 end }, true)
m.g(5)
assert.stub(m.g).was.called_with(5)
local match = require "luassert.match"
assert.spy(s).was.called_with(match.is_number())
local snapshot = assert:snapshot()
say:set("assertion.even.positive", "Expected %s to be even")
say:set("assertion.even.negative", "Expected %s to be odd")
assert:register("assertion", "even", function(_, args) return args[1] % 2 == 0 end, "assertion.even.positive", "assertion.even.negative")
assert.even(2)
print(pcall(function() assert.even(3) end) == false, pcall(function() assert.is_not.even(2) end) == false)
snapshot:revert()
