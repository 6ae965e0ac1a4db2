-- id: points in the key space.

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

local zero = ("0"):rep(40)
local ones = ("f"):rep(40)
local top = "8" .. ("0"):rep(39)

-- random: 40 lower-case hex digits, never the same twice.
local r = id.random()
assert(#r == 40 and r:match("^[0-9a-f]+$"), r)
assert(r ~= id.random())

-- sha1: the digest of "abc" in FIPS 180.
assert(id.sha1("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
assert(id.sha1("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
assert(sha1("abc") == id.sha1("abc"))

-- raw and hex are inverse, and every function takes either form.
assert(#id.raw(ones) == 20 and id.raw(ones) == ("\255"):rep(20))
assert(id.hex(id.raw(r)) == r)
assert(id.hex(ones:upper()) == ones)
assert(id.xor(id.raw(ones), r:upper()) == id.xor(ones, r))

-- xor
assert(id.xor(zero, ones) == ones)
assert(id.xor(r, r) == zero)
assert(id.xor(id.xor(r, top), top) == r)

-- common_prefix
assert(id.common_prefix(zero, zero) == 160)
assert(id.common_prefix(zero, top) == 0)
assert(id.common_prefix(zero, ("0"):rep(39) .. "1") == 159)
assert(id.common_prefix(zero, ("0"):rep(20) .. "1" .. ("0"):rep(19)) == 83)

-- distance: a fraction, 0 to below 1
assert(id.distance(r, r) == 0)
assert(id.distance(zero, top) == 0.5)
assert(id.distance(zero, "4" .. ("0"):rep(39)) == 0.25)
assert(id.distance(zero, ones) < 1 and id.distance(zero, ones) > 0.999999)
assert(id.distance(r, top) == id.distance(top, r))

-- closer: an order for table.sort
assert(id.closer(zero, "1" .. ("0"):rep(39), "2" .. ("0"):rep(39)))
assert(not id.closer(zero, top, top))
local list = { ones, top, zero, ("1"):rep(40) }
table.sort(list, function(a, b) return id.closer(zero, a, b) end)
assert(list[1] == zero and list[2] == ("1"):rep(40) and list[3] == top and list[4] == ones)

-- with_prefix
for bits = 0, 160 do
  assert(id.common_prefix(r, id.with_prefix(r, bits)) >= bits)
end
assert(id.with_prefix(r, 160) == r)
assert(id.with_prefix(r, 0) ~= id.with_prefix(r, 0))

-- flip
assert(id.flip(zero, 0) == top)
assert(id.flip(zero, 159) == ("0"):rep(39) .. "1")
for bit = 0, 159 do
  assert(id.common_prefix(r, id.flip(r, bit)) == bit)
  assert(id.flip(id.flip(r, bit), bit) == r)
end

-- Misuse
raises("bad argument #1 to 'xor' (info-hash or id expected: 40 hex digits, got \"abc\")", id.xor, "abc", r)
raises("bad argument #2 to 'xor' (info-hash or id expected: 40 hex digits, got no value)", id.xor, r)
raises("got a table", id.raw, {})
raises("got nil", id.raw, nil)
raises("40 hex digits, got \"" .. ("x"):rep(40) .. "\"", id.hex, ("x"):rep(40))
raises("integer 0 to 159 expected, got 160", id.flip, r, 160)
raises("integer 0 to 159 expected, got 0.5", id.flip, r, 0.5)
raises("integer 0 to 159 expected, got -1", id.flip, r, -1)
raises("integer 0 to 160 expected, got nan", id.with_prefix, r, 0 / 0)
raises("integer 0 to 160 expected, got inf", id.with_prefix, r, math.huge)
raises("integer 0 to 160 expected, got \"many\"", id.with_prefix, r, "many")
raises("string expected, got a table", id.sha1, {})
assert(id.flip(zero, "0") == top, "a string that spells a number is one, as in all of Lua")
raises("unknown function 'id.randm' (did you mean 'random'?)", function() return id.randm end)
assert(getmetatable(id) == false)

-- BEP 42: 21 bits of an id follow from the address and the last byte.
for ip, good in pairs{
  ["124.31.75.21"] = "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401", ["21.75.31.124"] = "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256",
  ["65.23.51.170"] = "a5d43220bc8f112a3d426c84764f8c2a1150e616", ["84.124.73.14"] = "1b0321dd1bb1fe518101ceef99462b947a01ff41",
  ["43.213.53.83"] = "e56f6cbf5b7c4be0237986d5243b87aa6d51305a",
} do
  assert(id.is_secure(good, ip) and id.is_secure(good, ip .. ":6881"), ip)
  assert(not id.is_secure(id.flip(good, 20), ip) and id.is_secure(id.flip(good, 21), ip))
  local made = id.secure(ip, tonumber(good:sub(-2), 16))
  assert(id.common_prefix(made, good) >= 21 and made:sub(-2) == good:sub(-2), made)
  assert(id.is_secure(id.secure(ip), ip))
end
assert(id.secure("2001:db8::1", 0):sub(1, 5) == "7c89c" and id.is_secure(id.secure("[2001:db8::1]:1", 6), "2001:db8::1"))
assert(id.is_secure(id.random(), "10.213.53.83") and id.is_secure(id.random(), "127.0.0.1"))
assert(not pcall(id.secure, "localhost") and not pcall(id.secure, "192.0.2.1", 256) and not pcall(id.is_secure, "abc", "192.0.2.1"))
