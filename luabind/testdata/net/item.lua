-- Items of BEP 44, with what each node did, and torrents under keys (BEP 46).

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

local function count(list, field, value)
  local n = 0
  for _, item in ipairs(list) do
    if item[field] == value then n = n + 1 end
  end
  return n
end

-- A value that cannot change is found under its hash.
local target, stored, put = dht.put("Hello World!")
assert(target == "e5f96f6f38320f0f33959cb4d3d656452117aadb", target) -- BEP 44's own example
check("all closest nodes store it", stored == 8, stored)
assert(count(put.path, "method", "put") == 8 and count(put.path, "method", "get") >= 8)
local value, info, trace = dht.get(target)
check("it is found", value == "Hello World!", value)
assert(info.raw == "12:Hello World!" and info.seq == nil and info.k == nil and info.sig == nil and info.salt == nil)
assert(count(info.nodes, "outcome", "found") == 8 and #info.nodes >= trace.replies)
for _, n in ipairs(info.nodes) do
  assert(#n.addr > 8 and (n.outcome == "found") == (n.seq == 0) and n.code == nil)
end

-- Any value that bencode knows.
for _, v in ipairs{ 42, -7, "", { 1, "two", { 3 } }, { a = { b = "c\0d" }, e = {} } } do
  local t = assert(dht.put(v))
  assert(id.sha1(bencode.encode(v)) == t)
  assert(bencode.encode(assert(dht.get(t))) == bencode.encode(v))
end

-- Nobody has it: a failure, with the trace of who was asked.
local nothing, err, asked = dht.get(id.random())
assert(nothing == nil and err.kind == "not_found" and asked.replies >= 8 and #asked.path == asked.queries, tostring(err))

-- A mutable item: found under the key, and numbered by itself.
local owner = key.new()
local mine = key.target(owner.public)
local where, many = dht.put({ n = 1 }, { secret_key = owner })
assert(where == mine and many == 8, many)
value, info = dht.get(mine)
assert(value.n == 1 and info.seq == 0 and info.k == owner.public and #info.sig == 128)
assert(dht.put({ n = 2 }, { secret_key = owner.secret }) == mine)
value, info = dht.get(mine)
check("the new one has the next number", value.n == 2 and info.seq == 1, info.seq)
assert(dht.put({ n = 3 }, { secret_key = owner.secret .. owner.public, seq = 10 }))
value, info = dht.get(id.raw(mine))
assert(value.n == 3 and info.seq == 10)

-- An old one is refused, and so is a mistaken cas; each node says so.
local function refused(opts, code)
  local none, err, trace = dht.put("late", opts)
  assert(none == nil and err.kind == "remote" and err.code == code and #err.message > 0 and #err.addr > 8, tostring(err))
  assert(tostring(err):find("none of the 8 nodes that were told took it: put to " .. err.addr, 1, true), tostring(err))
  local seen = 0
  for _, step in ipairs(trace.path) do
    if step.method == "put" then
      seen = seen + 1
      assert(step.outcome == "error" and step.code == code and #step.message > 0, step.code)
    else
      assert(step.seq == nil or step.seq == 10)
    end
  end
  check("each of them says " .. code, seen == 8, seen)
end
refused({ secret_key = owner, seq = 9 }, 302)
refused({ secret_key = owner, cas = 3 }, 301)
assert(select(2, dht.put("swapped", { secret_key = owner, cas = 10 })) == 8)

-- A salt makes another item of the same key.
local salted = key.target(owner.public, "one")
assert(dht.put("salted", { secret_key = owner, salt = "one" }) == salted and salted ~= mine)
value, info = dht.get(salted, { salt = "one" })
assert(value == "salted" and info.salt == "one" and info.seq == 0)
nothing, err = dht.get(salted)
assert(nothing == nil and err.kind == "not_found") -- without the salt nothing fits the target
assert(dht.get(mine) == "swapped")

-- Nodes need not send what is known already.
nothing, err = dht.get(mine, { seq = 11 })
assert(nothing == nil and err.kind == "not_found")
assert(dht.get(mine, { seq = 10 }) == "swapped")

-- Whoever got it can put it again without the secret.
value, info = dht.get(salted, { salt = "one" })
local other = dht.open{}
assert(other:put(value, { k = info.k, sig = info.sig, seq = info.seq, salt = info.salt }) == salted)
assert(other:put(info.raw, { k = info.k, sig = hex.decode(info.sig), seq = info.seq, salt = "one", raw = true }) == salted)

-- The k of a put is a key; the width of the walk has a word of its own.
local narrow, few = dht.put("narrow", { width = 3 })
assert(narrow == id.sha1("6:narrow") and few == 3, few)
raises("option 'k' of put: string expected, got 4; it is the public key of a signed item; how many nodes to put an item at is the option 'width' of dht.put",
  function() dht.put("v", { k = 4 }) end)
raises("option 'width' of put: integer 1 to 1024 expected, got 0", function() dht.put("v", { width = 0 }) end)

-- Kept alive, until it is forgotten.
assert(not dht.forget(mine))
assert(other:put("kept", { keep_alive = true }) == id.sha1("4:kept"))
assert(other:forget(id.sha1("4:kept")) and not other:forget(id.sha1("4:kept")))

-- Members hold what they were given, and say so.
local here = other:put("here", { start = { dht.addr }, max_queries = 1 })
assert(dht.get(here, { start = { dht.addr }, max_queries = 1 }) == nil) -- nobody asks itself
local items, bytes = dht.items_stored()
check("this node is one of those who store", items >= 1 and bytes >= 6 and items == dht.stats().items_stored, items)

-- One query at a time.
local function holder(target, opts)
  local _, info = dht.get(target, opts)
  for _, node in ipairs(info.nodes) do
    if node.outcome == "found" then return node end
  end
end
local node = holder(target)
local got = assert(dht.rpc.get(node.addr, target))
assert(got.value == "Hello World!" and got.valid and got.seq == nil and #got.token > 0 and #got.nodes > 0)
got = assert(dht.rpc.get(holder(salted, { salt = "one" }).addr, salted, { salt = "one" }))
assert(got.value == "salted" and got.valid and got.seq == 0 and got.k == owner.public and got.sig == info.sig)
got = dht.rpc.get(got.addr, salted)
assert(got.value == "salted" and got.valid == false) -- as far as one can tell without the salt
got = dht.rpc.get(got.addr, salted, { seq = 0 })
assert(got.value == nil and got.valid == nil and got.seq == 0 and got.k == nil)
got = dht.rpc.get(node.addr, id.random())
assert(got.value == nil and got.valid == nil and got.token)
assert(dht.rpc.put(node.addr, "one by one", got.token))
assert(dht.rpc.get(node.addr, id.sha1("10:one by one")).value == "one by one")
assert(dht.rpc.put(node.addr, 5, got.token, { secret_key = owner, salt = "five", seq = 7 }))
local five = dht.rpc.get(node.addr, key.target(owner.public, "five"), { salt = "five" })
assert(five.value == 5 and five.seq == 7 and five.valid)
assert(dht.rpc.put(node.addr, 5, got.token, { k = five.k, sig = five.sig, seq = 7, salt = "five", cas = 7 }))
local function refuses(code, ...)
  local none, err = dht.rpc.put(node.addr, ...)
  assert(none == nil and err.kind == "remote" and err.code == code, tostring(err))
end
refuses(203, "v", "a bad token")
refuses(205, ("x"):rep(997), got.token)
refuses(206, 6, got.token, { k = five.k, sig = five.sig, seq = 7, salt = "five" })
refuses(207, 6, got.token, { secret_key = owner, salt = ("s"):rep(65) })
refuses(301, 6, got.token, { secret_key = owner, salt = "five", seq = 8, cas = 6 })
refuses(302, 6, got.token, { secret_key = owner, salt = "five", seq = 6 })
refuses(203, "d1:bi1e1:ai2ee", got.token, { raw = true })

-- Torrents under a key.
local torrent = id.sha1("a torrent")
assert(dht.put_torrent(torrent, { secret_key = owner, salt = "t" }) == key.target(owner.public, "t"))
local hash, about = dht.get_torrent(owner.public, { salt = "t" })
check("the torrent is found", hash == torrent and about.seq == 0, hash)
assert(dht.get_torrent("magnet:?xs=urn:btpk:" .. owner.public .. "&s=" .. hex.encode("t")) == torrent)
hash, err = dht.get_torrent(owner.public)
assert(hash == nil and err.kind == "malformed" and tostring(err):find("no torrent"), tostring(err)) -- "swapped"

-- Misuse.
raises("item.lua:160: bad argument #1 to 'put' (bencoded, it has 1001 bytes, and an item may have 1000)",
  function() dht.put(("x"):rep(997)) end)
raises("bad argument #1 to 'put' (true cannot be bencoded", function() dht.put(true) end)
raises("bad argument #1 to 'put' (0.5 is not a whole number", function() dht.put(0.5) end)
raises("bad argument #1 to 'put' (v is not canonical bencode)", function() dht.put("d1:bi1e1:ai2ee", { raw = true }) end)
raises("option 'secret_key' of put: secret key expected", function() dht.put("v", { secret_key = "abc" }) end)
raises("is this an expanded secret", function() dht.put("v", { secret_key = owner.secret .. owner.secret }) end)
raises("seq, cas and salt are of mutable items", function() dht.put("v", { salt = "s" }) end)
raises("but not both", function() dht.put("v", { secret_key = owner, k = owner.public }) end)
raises("option 'sig' of put: 128 hex digits expected, got no value", function() dht.put("v", { k = owner.public, seq = 1 }) end)
raises("option 'seq' of put: an item that is signed already has one", function() dht.put("v", { k = owner.public, sig = info.sig }) end)
raises("invalid signature", function() dht.put("v", { k = owner.public, sig = info.sig, seq = 1 }) end)
raises("salt is longer than 64 bytes", function() dht.put("v", { secret_key = owner, salt = ("s"):rep(65), seq = 1 }) end)
raises("seq is negative", function() dht.put("v", { secret_key = owner, seq = -1 }) end)
raises("option 'seq' of put: a whole number of 64 bits expected, got \"one\"", function() dht.put("v", { secret_key = owner, seq = "one" }) end)
raises("unknown option 'key' in put", function() dht.put("v", { key = owner }) end)
raises("'put_torrent' needs the option secret_key", function() dht.put_torrent(torrent, {}) end)
raises("bad argument #1 to 'get_torrent' (public key expected", function() dht.get_torrent("magnet:?xs=urn:btih:" .. torrent) end)
raises("bad argument #1 to 'get' (info-hash or id expected", function() dht.get("a value") end)
