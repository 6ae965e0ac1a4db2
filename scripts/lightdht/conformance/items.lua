--- Probes of BEP 44: get and put, of immutable and of signed values.
local lab = require "lightdht.conformance.lab"

--- A fresh value whose bencoding has `size` bytes.
local function filler(size)
  local text = hex.encode(lab.hash())
  local room = size - 2
  while #bencode.encode(("."):rep(room)) > size do room = room - 1 end
  return text .. ("."):rep(room - #text)
end

--- Whether the node under test stores items at all; probes that need it are skipped otherwise. nil if it answers nothing.
local function speaks(l)
  if l.items == nil then
    local m = l:claim("get", { target = lab.hash() })
    if m == nil then return nil end
    l.items = m and m.y == "r" and type(m.r) == "table" and m.r.token ~= nil
  end
  return l.items
end

--- Puts bencoded bytes as an immutable value.
local function put(l, bytes, from)
  local token = l:token(id.raw(sha1(bytes)), from, "get")
  return l:send(l:query("put", "d2:id20:" .. id.raw((from or l.a).id) .. "5:token" .. bencode.encode(token) .. "1:v" .. bytes .. "e",
    { tx = l:tx() }), { from = from })
end

--- Puts a value that a key has signed; opts override what is sent.
local function sign(l, owner, seq, value, opts)
  opts = opts or {}
  local salt, bytes = opts.salt, bencode.encode(value)
  local text = (salt and salt ~= "" and "4:salt" .. bencode.encode(salt) or "") .. "3:seqi" .. seq .. "e1:v" .. bytes
  local args = {
    token = opts.token or l:token(id.raw(key.target(owner, salt)), opts.from, "get"), v = value,
    k = hex.decode(owner.public), seq = seq, sig = hex.decode(key.sign(owner, text)), salt = salt, cas = opts.cas,
  }
  for name, v in pairs(opts.change or {}) do args[name] = v or nil end
  return l:ask("put", args, { from = opts.from })
end

--- Gets the value of a key from the node under test.
local function held(l, owner, salt, seq)
  local m = l:ask("get", { target = id.raw(key.target(owner, salt)), seq = seq }, { from = l.b })
  return m and m.r or {}, m
end

--- Whether the node under test gives others a value that was put properly. If not, it means nothing that it does not give
--- another.
local function keeps(l)
  if l.kept == nil then
    local bytes = bencode.encode(filler(60))
    put(l, bytes)
    local m = l:ask("get", { target = id.raw(sha1(bytes)) })
    l.kept = m ~= nil and type(m.r) == "table" and m.r.v ~= nil
  end
  return l:remember("kept")
end

--- Why a rule about values cannot be told then.
local no_values = "it keeps no values that are put properly, either"

--- The verdict on a put that must not be stored.
local function absent(l, value, m)
  local got = l:ask("get", { target = id.raw(sha1(bencode.encode(value))) })
  local r, verdict, seen = lab.response(got)
  if not r then return verdict, seen end
  if r.v ~= nil then return false, lab.describe(m) .. "; gives the value" end
  if not keeps(l) then return "unknown", no_values end
  return true, lab.describe(m)
end

local probes = {}

--- Adds a probe that is skipped if the node does not store items.
local function probe(severity, rule, run)
  probes[#probes + 1] = { severity, "BEP 44", rule, function(l)
    local does = speaks(l)
    if does == nil then return "unknown", "no answer to get" end
    if not does then return "skip", "does not know get and put" end
    return run(l)
  end, rough = rule:find("refuses", 1, true) == 1 }
end

--- Whether the node under test gives others what a key has signed. If not, other rules about that cannot be told.
local function signs(l)
  if l.signed == nil then
    local owner = key.new()
    sign(l, owner, 1, "one")
    l.signed = held(l, owner).v == "one"
  end
  return l:remember("signed")
end

--- Adds a probe of what becomes of signed values after they were stored.
local function of_stored(severity, rule, run)
  probe(severity, rule, function(l)
    if not signs(l) then return "unknown", "it gives nothing that a key has signed" end
    return run(l)
  end)
end

probes[1] = { "note", "BEP 44", "knows get and put", function(l)
  local m = l:ask("get", { target = lab.hash() })
  local r, _, seen = lab.response(m)
  return r ~= nil and r.token ~= nil, seen or lab.describe(m)
end }

probe("should", "names nodes in answer to a get", function(l)
  local m = l:ask("get", { target = lab.hash() })
  local r, verdict, seen = lab.response(m)
  if not r then return verdict, seen end
  if (m.named or "") == "" and l.known == 0 then return "unknown", "it names nobody" end
  return m.named ~= nil, lab.describe(m)
end)
probe("should", "refuses a get without a target with 203", function(l) return lab.refused(l:ask("get", {}), 203) end)
probe("must", "stores a value, and gives it to others as it was", function(l)
  local bytes = bencode.encode({ text = filler(60), list = { 1, "two\0", { -3 } } })
  local m = put(l, bytes)
  local got = l:ask("get", { target = id.raw(sha1(bytes)) }, { from = l.b })
  local v = got and got.r and got.r.v
  return v ~= nil and bencode.encode(v) == bytes, lab.describe(m) .. "; " .. lab.describe(got)
end)
probe("should", "names nodes beside a value", function(l)
  local bytes = bencode.encode(filler(60))
  put(l, bytes)
  local m = l:ask("get", { target = id.raw(sha1(bytes)) })
  if not m or not m.r or not m.r.v then return "unknown", lab.describe(m) end
  return m.named ~= nil, lab.describe(m)
end)
probe("must", "stores a value of 1000 bytes", function(l)
  local m = put(l, bencode.encode(filler(1000)))
  if m and m.y == "e" and not keeps(l) then return "unknown", no_values end
  return lab.answered(m)
end)
probe("must", "refuses a value of 1001 bytes with 205", function(l)
  local m = put(l, bencode.encode(filler(1001)))
  local ok, seen = lab.refused(m, 205)
  if not ok and m and m.y == "e" and not keeps(l) then return "unknown", no_values end
  return ok, seen
end)
probe("must", "stores nothing that comes with a token that it never gave", function(l)
  local value = filler(60)
  return absent(l, value, l:ask("put", { v = value, token = "aoeusnth" }))
end)
probe("should", "refuses a put with a token that it never gave with 203", function(l)
  return lab.refused(l:ask("put", { v = "x", token = "aoeusnth" }), 203)
end)
probe("should", "refuses a put without a token with 203", function(l) return lab.refused(l:ask("put", { v = "x" }), 203) end)
probe("must", "takes no put with a token that it gave to another IP address", function(l)
  if not l.b then return "unknown", lab.alone end
  local value = filler(60)
  local target = id.raw(sha1(bencode.encode(value)))
  return absent(l, value, l:ask("put", { v = value, token = l:token(target, l.b, "get") }))
end)
probe("should", "refuses a put without a value with 203", function(l)
  return lab.refused(l:ask("put", { token = l:token(lab.hash(), nil, "get") }), 203)
end)
probe("should", "refuses a value whose keys are out of order with 203", function(l)
  return lab.refused(put(l, "d1:b1:x1:a" .. bencode.encode(filler(50)) .. "e"), 203)
end)
probe("must", "stores what a key has signed, and gives k, seq, sig and v", function(l)
  local owner = key.new()
  local m = sign(l, owner, 1, "one")
  local r, got = held(l, owner)
  return r.v == "one" and r.seq == 1 and type(r.k) == "string" and hex.encode(r.k) == owner.public and type(r.sig) == "string" and #r.sig == 64,
    lab.describe(m) .. "; " .. lab.describe(got)
end)
of_stored("must", "stores what a key has signed with a salt of 64 bytes", function(l)
  local owner, salt = key.new(), ("s"):rep(64)
  local m = sign(l, owner, 1, "salted", { salt = salt })
  return held(l, owner, salt).v == "salted", lab.describe(m)
end)
of_stored("should", "does not give the salt with an item", function(l)
  local owner = key.new()
  sign(l, owner, 1, "salted", { salt = "pepper" })
  local r, m = held(l, owner, "pepper")
  if r.v == nil then return "unknown", lab.describe(m) end
  return r.salt == nil, lab.describe(m)
end)
probe("must", "refuses a salt of 65 bytes with 207", function(l)
  return lab.refused(sign(l, key.new(), 1, "salted", { salt = ("s"):rep(65) }), 207)
end)
probe("must", "refuses a bad signature with 206", function(l)
  return lab.refused(sign(l, key.new(), 1, "one", { change = { v = "two" } }), 206)
end)
of_stored("must", "replaces an item by one of a higher seq", function(l)
  local owner = key.new()
  sign(l, owner, 1, "one")
  local m = sign(l, owner, 2, "two")
  local r = held(l, owner)
  return r.v == "two" and r.seq == 2, lab.describe(m)
end)
of_stored("must", "refuses a lower seq with 302", function(l)
  local owner = key.new()
  sign(l, owner, 5, "five")
  local ok, seen = lab.refused(sign(l, owner, 4, "four"), 302)
  return ok and held(l, owner).v == "five", seen
end)
of_stored("should", "takes the same item again", function(l)
  local owner = key.new()
  sign(l, owner, 5, "five")
  return lab.answered(sign(l, owner, 5, "five"))
end)
of_stored("must", "keeps its value when another one comes with the same seq", function(l)
  local owner = key.new()
  sign(l, owner, 5, "five")
  local m = sign(l, owner, 5, "another")
  local r = held(l, owner)
  return r.v == "five", lab.describe(m) .. "; holds " .. tostring(r.v)
end)
of_stored("should", "refuses another value with the same seq", function(l)
  local owner = key.new()
  sign(l, owner, 5, "five")
  local m = sign(l, owner, 5, "another")
  return m ~= nil and m.y == "e", lab.describe(m)
end)
of_stored("must", "refuses a cas that is not the seq of what it holds with 301", function(l)
  local owner = key.new()
  sign(l, owner, 5, "five")
  local ok, seen = lab.refused(sign(l, owner, 6, "six", { cas = 4 }), 301)
  return ok and held(l, owner).v == "five", seen
end)
of_stored("must", "refuses a cas of 0, which is not the same as none", function(l)
  local owner = key.new()
  sign(l, owner, 5, "five")
  return lab.refused(sign(l, owner, 6, "six", { cas = 0 }), 301)
end)
of_stored("must", "takes a cas that is the seq of what it holds", function(l)
  local owner = key.new()
  sign(l, owner, 5, "five")
  local m = sign(l, owner, 6, "six", { cas = 5 })
  return held(l, owner).v == "six", lab.describe(m)
end)
of_stored("should", "gives seq alone to who has the item already", function(l)
  local owner = key.new()
  sign(l, owner, 5, "five")
  local r, m = held(l, owner, nil, 5)
  return r.seq == 5 and r.v == nil and r.k == nil and r.sig == nil, lab.describe(m)
end)
of_stored("must", "gives the item to who has an older one", function(l)
  local owner = key.new()
  sign(l, owner, 5, "five")
  local r, m = held(l, owner, nil, 4)
  return r.v == "five" and r.seq == 5, lab.describe(m)
end)
probe("should", "refuses an item with k and seq but no sig with 203", function(l)
  return lab.refused(sign(l, key.new(), 1, filler(60), { change = { sig = false } }), 203)
end)
probe("should", "refuses a key of 31 bytes with 203", function(l)
  return lab.refused(sign(l, key.new(), 1, filler(60), { change = { k = ("k"):rep(31) } }), 203)
end)
probe("should", "refuses a negative seq with 203", function(l) return lab.refused(sign(l, key.new(), -1, "minus one"), 203) end)
probe("should", "keeps an item for an hour", function(l)
  if not l.slow then return "skip", "takes an hour: --slow=true" end
  local bytes = bencode.encode(filler(60))
  put(l, bytes)
  sleep(3600)
  local m = l:ask("get", { target = id.raw(sha1(bytes)) })
  local r, verdict, seen = lab.response(m)
  if not r then return verdict, seen end
  return r.v ~= nil, lab.describe(m)
end)
probe("note", "forgets an item that nobody puts again within three hours", function(l)
  if not l.slow then return "skip", "takes 3 hours: --slow=true" end
  local bytes = bencode.encode(filler(60))
  put(l, bytes)
  sleep(3 * 3600)
  local m = l:ask("get", { target = id.raw(sha1(bytes)) })
  local r, verdict, seen = lab.response(m)
  if not r then return verdict, seen end
  if r.v ~= nil then return false, lab.describe(m) end
  return keeps(l) or "unknown", lab.describe(m)
end)

return probes
