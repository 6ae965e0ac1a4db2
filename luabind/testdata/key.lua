-- Keys: of BEP 44's vectors, and what is no key.

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

local seed = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
local owner = key.from_seed(seed)
assert(owner.secret == seed and owner.public == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")
assert(key.from_seed(hex.decode(seed)).public == owner.public and key.from_seed(seed:upper()).public == owner.public)
assert(key.target(owner.public) == "fd81a6db64d6faf7f702c07971a82c25c1dc3c90")
assert(key.target(owner) == key.target(hex.decode(owner.public)) and key.target(owner, "") == key.target(owner))
for _, secret in ipairs{ owner, seed, hex.decode(seed), seed .. owner.public } do
  assert(key.public(secret) == owner.public)
  assert(key.sign(secret, "3:seqi1e1:v5:hello") ==
    "dd51f7eaa758b5df18214bdd23cd92316472cf8f6625cd7db6340adccdfaa7b285930c5323c5779ef292fb2683e969d2324c5704ad6b5af44c7d4f3a6270bb06")
end

-- BEP 44, test 2; BEP 46.
local public = "77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548"
assert(key.target(public) == "4a533d47ec9c7d95b1ad75f576cffc641853b750")
assert(key.target(public, "foobar") == "411eba73b6f087ca51a3795d9c8c938d365e32c1")
local signature = "6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17ddf9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08"
assert(key.verify(public, "4:salt6:foobar3:seqi1e1:v12:Hello World!", signature))
assert(key.verify(public, "4:salt6:foobar3:seqi1e1:v12:Hello World!", hex.decode(signature)))
assert(not key.verify(public, "3:seqi1e1:v12:Hello World!", signature))
assert(key.target("8543d3e6115f0f98c944077a4493dcd543e49c739fd998550a1f614ab36ed63e", "n") == "59ee7c2cb9b4f7eb1986ee2d18fd2fdb8a56554f")

local one, two = key.new(), key.new()
assert(one.public ~= two.public and key.public(one.secret) == one.public)

raises("bad argument #1 to 'from_seed' (seed expected: 64 hex digits, got \"abc\")", function() key.from_seed("abc") end)
raises("bad argument #1 to 'public' (secret key expected", function() key.public(nil) end)
raises("bad argument #1 to 'sign' (secret key expected", function() key.sign({}, "") end)
raises("bad argument #1 to 'sign' (the public key behind the seed is not that of the seed", function() key.sign(seed .. seed, "") end)
raises("bad argument #1 to 'target' (public key expected", function() key.target("x") end)
raises("bad argument #3 to 'verify' (signature expected: 128 hex digits", function() key.verify(public, "", "x") end)
local ok, message = pcall(key.public, seed:sub(2))
assert(not ok and not message:find(seed:sub(2, 9), 1, true), "a secret must not be told")
