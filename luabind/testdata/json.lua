-- json: text for other programs.

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

local function encodes(want, v)
  local got = json.encode(v)
  assert(got == want, "got " .. got .. ", want " .. want)
end

encodes('null', nil)
encodes('true', true)
encodes('"a"', "a")
encodes('1', 1)
encodes('-0.5', -0.5)
encodes('9007199254740992', 2 ^ 53)
encodes('-9007199254740992', -2 ^ 53)
encodes('1e+300', 1e300)
encodes('1e+17', 1e17)
encodes('[]', {})
encodes('{}', json.object())
encodes('{"a":{},"b":[]}', { a = json.object {}, b = {} })
encodes('[1]', json.object { 1 })
encodes('{}', setmetatable({}, { __jsontype = "object" }))
encodes('{"a":[{},[]]}', assert(json.decode('{"a": [{}, []]}')))
raises("the table has a metatable already", json.object, setmetatable({}, {}))
encodes('[1,[2,[]],"x"]', { 1, { 2, {} }, "x" })
encodes('{"a":1,"b":{"c":[true,false]}}', { b = { c = { true, false } }, a = 1 })
encodes('[1,null,3]', { 1, json.null, 3 })
encodes('"<&>\\"\\\\\\n\\u0000é"', '<&>"\\\n\0é')

-- What JSON cannot express is refused with its place.
raises("a function has no place in JSON", json.encode, print)
raises("(at a.b[2]: a function has no place in JSON)", json.encode, { a = { b = { 1, print } } })
raises('(at ["a b"].c: nan has no place in JSON)', json.encode, { ["a b"] = { c = 0 / 0 } })
raises("at [1]: inf has no place in JSON", json.encode, { math.huge })
raises("at token: a string of bytes that are not UTF-8 has no place in JSON: hex.encode it", json.encode, { token = "\255" })
raises("there are both 1 and \"named\"", json.encode, { "list", named = true })
raises("the keys must be either strings or 1 to n without a gap, and 2 is missing", json.encode, { [1] = 1, [3] = 3 })
raises("2 is missing", json.encode, { 1, nil, 3 })
raises("one is 1.5", json.encode, { [1] = 1, [1.5] = 3 })
raises("one is true", json.encode, { [true] = 1 })
local ring = {}
ring.self = ring
raises("nested too deep, or one holds itself", json.encode, ring)
local bomb = { "x" }
for _ = 1, 60 do bomb = { bomb, bomb } end
raises("larger than", json.encode, bomb)

-- Decoding
local v = assert(json.decode(' {"list": [1, 2.5, "x", null, false], "map": {"z": 1, "a": 2}, "gone": null} '))
assert(#v.list == 5 and v.list[2] == 2.5 and v.list[4] == json.null and v.list[5] == false)
assert(tostring(json.null) == "null")
assert(v.gone == nil)
local keys = {}
for k in pairs(v.map) do keys[#keys + 1] = k end
assert(keys[1] == "z" and keys[2] == "a", "keys keep the order of the text")
assert(json.decode("9007199254740992") == 2 ^ 53)
assert(json.decode("9007199254740993") == "9007199254740993", "digits are never lost silently")
assert(json.decode("[-12345678901234567890]")[1] == "-12345678901234567890")
assert(json.decode("1e20") == 1e20)
assert(json.decode("null") == nil and select("#", json.decode("null")) == 1)
assert(json.decode('"\\u00e9\\n"') == "é\n")
assert(json.decode('{"a":1,"a":2}').a == 2)

for _, text in ipairs { "", " ", "{", "[1,]", "nul", '{"a" 1}', "[1] 2", "1e999", '"\255"', ("["):rep(200) .. ("]"):rep(200), "01", "{1:2}" } do
  local v, err = json.decode(text)
  assert(v == nil and err.kind == "malformed", text)
end
local _, err = json.decode("[1,\n2,\n}")
assert(tostring(err):find("not JSON: line 3: ", 1, true), tostring(err))
raises("string expected, got no value", json.decode)

-- There and back
local deep = { a = { { b = { 1, 2, { c = "d" } } } }, e = {}, f = { true } }
assert(json.encode(json.decode(json.encode(deep))) == json.encode(deep))
