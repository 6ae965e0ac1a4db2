-- Penlight: lists, tables, sequences, classes.
local List, Map, Set, OrderedMap, MultiMap = require "pl.List", require "pl.Map", require "pl.Set", require "pl.OrderedMap", require "pl.MultiMap"
local l = List { 10, 20, 30 }
print(l, l:append(40), l:reverse(), l:sort(), l:slice(2, 3), l:index(20), l:contains(30), l:len(), l:pop(), l:map(function(x) return x / 10 end))
print(List.range(1, 5), List.split("a,b,c", ","), l:join "-", l:filter("<", 25), l:reduce "+", l .. List { 1 }, l == List { 10, 20, 30 }, l:count(10), List "abc")
print(l:extend { 1, 2 }:remove(1), l:insert(1, 5), l:remove_value(5), l:clone():clear(), List { 3, 1, 2 }:sorted(">"), l:minmax())
local m = Map { a = 1, b = 2 }
print(m:get "a", m:keys():sort(), m:values():sort(), m:items():len(), m:getvalues({ "a", "b" }))
local s, t = Set { 1, 2, 3 }, Set { 2, 3, 4 }
print(Set.values(s * t):sort(), Set.values(s + t):sort(), Set.values(s - t):sort(), Set.values(s ^ t):sort(), Set.issubset(Set { 1 }, s), Set.len(s), s == Set { 3, 2, 1 })
local o = OrderedMap()
o:set("z", 1):set("a", 2):set("m", 3)
print(o, o:keys(), o:values())
for k, v in o:iter() do io.write(k, v, " ") end
o:insert(1, "first", 0)
o:sort()
print(o)
local mm = MultiMap()
mm:set("k", 1) mm:set("k", 2)
print(mm:get("k"))

local tablex = require "pl.tablex"
print(List(tablex.map(function(v) return v * 2 end, { 1, 2, 3 })), tablex.deepcompare({ 1, { 2 } }, { 1, { 2 } }), tablex.find({ 5, 6 }, 6), tablex.size { a = 1, b = 2 })
print(List(tablex.keys { x = 1 }), List(tablex.sub({ 1, 2, 3, 4 }, 2, 3)), List(tablex.range(1, 10, 3)), tablex.reduce("+", { 1, 2, 3 }), List(tablex.reverse and tablex.reverse { 1, 2 } or {}))
print(tablex.deepcopy({ { 1 } })[1][1], List(tablex.filter({ 1, 2, 3 }, function(x) return x > 1 end)), List(tablex.zip({ 1, 2 }, { 3, 4 })[2]), tablex.compare({ 1, 2 }, { 1, 2 }, "=="))
for k, v in tablex.sort({ c = 1, a = 2, b = 3 }) do io.write(k, v, " ") end
for k, v in tablex.sortv({ c = 3, a = 2, b = 1 }) do io.write(k, v, " ") end
print(tablex.union({ a = 1 }, { b = 2 }).b, tablex.intersection({ a = 1, b = 2 }, { a = 5 }).b, List(tablex.insertvalues({ 1, 4 }, 2, { 2, 3 })), List(tablex.removevalues({ 1, 2, 3 }, 2, 2)))
print(tablex.index_map { "a", "b" }.b, tablex.makeset { "x" }.x, List(tablex.imap(string.upper, { "a" })), tablex.search({ a = { b = 5 } }, 5), List(tablex.mapn(function(a, b) return a + b end, { 1, 2 }, { 3, 4 })))

local seq = require "pl.seq"
print(seq.sum { 1, 2, 3 }, List(seq.copy(seq.range(1, 4))), List(seq.copy(seq.filter(seq.list { 1, 2, 3, 4 }, ">", 2))), seq { 1, 2, 3 }:map(function(x) return x * x end):sum(), seq.reduce("*", { 1, 2, 3 }))
print(List(seq.copy(seq.take(seq.range(1, 100), 3))), seq.count_map { "a", "b", "a" }.a, List(seq.copy(seq.unique(seq.list { 1, 1, 2 }))):sort(), seq.minmax { 3, 1, 2 }, List(seq.copy(seq.sort { 3, 1, 2 })))
print(List(seq.copy(seq.map(string.len, { "a", "bb" }))), List(seq.copy(seq.last { 1, 2, 3 })), List(seq.copy_tuples(seq.zip({ 1, 2 }, { "x", "y" }))[2]), List(seq.copy(seq.enum { "p", "q" })))

local class = require "pl.class"
class.Animal()
function Animal:_init(name) self.name = name end
function Animal:__tostring() return self.name .. ": " .. self:speak() end
function Animal:speak() return "..." end
class.Dog(Animal)
function Dog:speak() return "bark" end
class.Cat(Animal)
function Cat:_init(name, style) self:super(name) self.style = style end
function Cat:speak() return "meow (" .. self.style .. ")" end
local fido, felix = Dog "Fido", Cat("Felix", "loud")
print(fido, felix, fido:is_a(Animal), fido:is_a(Dog), felix:is_a(Dog), Dog:class_of(fido), Animal:class_of(felix), Cat._base == Animal)
local Props = class(require("pl.class").properties)
function Props:_init() self._x = 5 end
function Props:get_x() return self._x * 2 end
function Props:set_x(v) self._x = v end
local p = Props()
p.x = 7
print(p.x)
local array2d = require "pl.array2d"
local a = { { 1, 2 }, { 3, 4 } }
print(array2d.reduce2("+", "*", a), List(array2d.column(a, 2)), array2d.size(a), List(array2d.flatten(a)), List(array2d.row(array2d.map("*", a, 10), 2)), array2d.equal and true)
array2d.write(a, nil, "%d ")
print()
local permute = require "pl.permute"
for x in permute.iter { 1, 2, 3 } do io.write(table.concat(x), " ") end
print()
local comp = require "pl.comprehension".new()
print(List(comp "x^2 for x" ({ 1, 2, 3 })), List(comp "x for x if x % 2 == 0" ({ 1, 2, 3, 4 })), comp "sum(x for x=1,10)" (), comp "max(x for x)" ({ 3, 9, 1 }), List(comp "x*y for x for y" ({ 1, 2 }, { 3, 4 })))
local func = require "pl.func"
import = nil
local _1, _2, _ = func._1, func._2, func._0
print(List(tablex.map(_1 + 1, { 1, 2 })), tostring(_1 + _2 * 3), func.I(_1 .. "x")("y"), func.bind1 and func.bind1(math.max, 5)(3), func.compose and func.compose(math.abs, math.floor)(-1.5))
local op = require "pl.operator"
print(op.add(1, 2), op.concat("a", "b"), op.optable["=="](1, 1), op.len { 1 }, List { op.table(1, 2)[2] }, op.index({ 5 }, 1), op.unm(3), op.lnot(1))
