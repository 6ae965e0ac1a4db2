-- bencode and hex: bytes for the network.

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

local function encodes(want, v)
  local got = bencode.encode(v)
  assert(got == want, "got " .. got .. ", want " .. want)
end

encodes("4:spam", "spam")
encodes("0:", "")
encodes("3:\0\255e", "\0\255e")
encodes("i3e", 3)
encodes("i-3e", -3)
encodes("i0e", -0)
encodes("i9007199254740992e", 2 ^ 53)
encodes("le", {})
encodes("l4:spami7ee", { "spam", 7 })
encodes("d3:cow3:moo4:spaml1:a1:bee", { spam = { "a", "b" }, cow = "moo" })

raises("0.5 is not a whole number of 64 bits", bencode.encode, 0.5)
raises("(at args[2].port: 0.5 is not a whole number of 64 bits)", bencode.encode, { args = { 1, { port = 0.5 } } })
raises("nan is not a whole number", bencode.encode, 0 / 0)
raises("is not a whole number of 64 bits", bencode.encode, 2 ^ 63)
raises("inf is not", bencode.encode, -math.huge)
raises("at ok: true cannot be bencoded: only strings, whole numbers and tables of them", bencode.encode, { ok = true })
raises("nil cannot be bencoded", bencode.encode, nil)
raises("1 is missing", bencode.encode, { [2] = "gap" })

-- An empty dictionary has to say that it is none of the other empty tables.
assert(bencode.encode {} == "le")
assert(bencode.encode(bencode.dict()) == "de")
assert(bencode.encode { a = bencode.dict {}, b = {} } == "d1:ade1:blee")
assert(bencode.encode(bencode.decode "d1:ade1:blee") == "d1:ade1:blee")
do
  local v, err = bencode.decode("i9223372036854775808e")
  assert(v == nil and tostring(err) == "krpc: the integer 9223372036854775808 needs more than 64 bits: value out of range", err)
end
local ring = {}
ring[1] = ring
raises("nested too deep, or one holds itself", bencode.encode, ring)

local v = assert(bencode.decode("d1:ad2:id3:abce1:lli1ei-2ee1:zi9223372036854775807ee"))
assert(v.a.id == "abc" and #v.l == 2 and v.l[2] == -2)
assert(v.z == "9223372036854775807", "digits are never lost silently")
local keys = {}
for k in pairs(v) do keys[#keys + 1] = k end
assert(table.concat(keys, " ") == "a l z")
assert(bencode.decode(bencode.encode(2 ^ 53)) == 2 ^ 53)
assert(bencode.decode("d1:b1:x1:a1:ye").a == "y", "keys out of order are tolerated")

for _, text in ipairs { "", "i1", "i01e", "5:abc", "2147483647:", "l", "d1:ae", "i1ei2e", ("l"):rep(100) .. ("e"):rep(100), "i9223372036854775808e" } do
  local v, err = bencode.decode(text)
  assert(v == nil and err.kind == "malformed", text)
end

-- hex
assert(hex.encode("\0\15\255") == "000fff")
assert(hex.decode("000FfF") == "\0\15\255")
assert(hex.decode("") == "")
for _, text in ipairs { "0", "0g", "00 " } do
  local v, err = hex.decode(text)
  assert(v == nil and err.kind == "malformed", text)
end
assert(tostring(select(2, hex.decode("xyz"))) == 'not hexadecimal: pairs of digits expected, got "xyz"')
raises("string expected, got a table", hex.encode, {})
