-- One query to one node.

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

local other = dht.find_node(id.random())[1]

-- ping, and the fields of every reply.
local r = assert(dht.rpc.ping(other.addr))
assert(r.id == other.id and r.addr == other.addr)
assert(r.rtt > 0 and r.rtt < 4)
assert(r.version == "LD\0\1")
assert(r.ip == dht.addr, r.ip)
assert(r.raw.id == id.raw(other.id))
assert(r.nodes == nil and r.values == nil and r.token == nil)

-- find_node
local target = id.random()
r = assert(dht.rpc.find_node(other.addr, target))
assert(#r.nodes > 0 and #r.nodes <= 8 and #r.nodes * 26 == #r.raw.nodes)
for i, n in ipairs(r.nodes) do
  assert(#n.id == 40 and n.addr:find(":", 1, true))
  assert(i == 1 or id.closer(target, r.nodes[i - 1].id, n.id))
end

-- get_peers and announce_peer, by hand.
local hash = id.sha1("rpc.lua")
r = assert(dht.rpc.get_peers(other.addr, hash))
assert(r.values == nil and #r.nodes > 0 and #r.token > 0)
local taken = assert(dht.rpc.announce_peer(other.addr, hash, 7002, r.token))
assert(taken.id == other.id)
r = assert(dht.rpc.get_peers(other.addr, id.raw(hash)))
check("the peer is stored", #r.values == 1 and r.values[1]:match(":7002$"), r.values[1])

local implied = id.sha1("rpc.lua, implied")
r = dht.rpc.get_peers(other.addr, implied)
assert(dht.rpc.announce_peer(other.addr, implied, nil, r.token))
assert(dht.rpc.get_peers(other.addr, implied).values[1] == dht.addr)

-- A list that is no whole number of entries names nobody, and the reply says so.
local odd = dht.open{ bootstrap = false }
local ragged = odd:on("query", function()
  return { id = odd.id, nodes = ("n"):rep(25), values = { ("v"):rep(6), ("v"):rep(7) }, samples = ("s"):rep(21), token = "t" }
end)
r = assert(dht.rpc.sample_infohashes(odd.addr, target))
assert(#r.nodes == 0 and #r.values == 1 and #r.samples == 0 and r.token == "t")
assert(table.concat(r.malformed, " ") == "nodes values samples", table.concat(r.malformed, " "))
assert(dht.rpc.get_peers(other.addr, hash).malformed == nil)
ragged:off()
odd:close()

-- A refusal.
local none, err = dht.rpc.announce_peer(other.addr, hash, 7002, "no token of theirs")
assert(none == nil and err.kind == "remote" and err.code == 203, err)
assert(err.addr == other.addr and #err.message > 0)
assert(tostring(err):find("announce_peer to " .. other.addr, 1, true), tostring(err))

-- Silence.
local closed = dht.open{ bootstrap = false }
local nobody = closed.addr
closed:close()
local before = task.now()
none, err = dht.rpc.ping(nobody, { timeout = 0.25 })
assert(none == nil and err.kind == "timeout" and err.addr == nobody and err.code == nil)
assert(task.now() - before > 0.249 and task.now() - before < 10)
raises("ping to " .. nobody .. ": no answer in time", function() assert(dht.rpc.ping(nobody, { timeout = 0.1 })) end)

-- Any other query; ids among the arguments may be in hex.
r = assert(dht.rpc.query(other.addr, "find_node", { target = target }))
assert(#r.nodes > 0)
assert(#dht.rpc.query(other.addr, "find_node", { target = id.raw(target), want = { "n4" } }).raw.nodes >= 26)
assert(dht.rpc.query(other.addr, "ping").id == other.id)
none, err = dht.rpc.query(other.addr, "get_lost", { n = 1 })
assert(none == nil and err.kind == "remote" and err.code == 204, err)
assert(err.message == "method unknown" and tostring(err):find("get_lost to " .. other.addr .. ": ", 1, true), err.message)

-- Under another id.
local n = dht.open{ bootstrap = false }
local seen
local watch = n:on("query", function(q) seen = q end)
local alias = id.random()
assert(dht.rpc.ping(n.addr, { id = alias }))
assert(seen.id == alias and seen.method == "ping", seen.id)
assert(dht.rpc.query(n.addr, "ping", {}, { id = alias }))
watch:off()

-- On a handle: that node asks.
assert(n.rpc.ping(other.addr).ip == n.addr)
n:close()
raises("this node is closed", function() n.rpc.ping(other.addr) end)

-- Misuse.
raises("bad argument #1 to 'ping' (address expected: \"192.0.2.1:6881\", got \"localhost\")", function() dht.rpc.ping("localhost") end)
raises("bad argument #1 to 'ping' (address expected", function() dht.rpc.ping("192.0.2.1:0") end)
raises("bad argument #1 to 'ping' (address expected: \"192.0.2.1:6881\", got no value)", function() dht.rpc.ping() end)
raises("bad argument #2 to 'find_node' (info-hash or id expected", function() dht.rpc.find_node(other.addr, 5) end)
raises("bad argument #3 to 'announce_peer' (integer 1 to 65535", function() dht.rpc.announce_peer(other.addr, hash, "x", "t") end)
raises("bad argument #4 to 'announce_peer' (string expected, got no value)", function() dht.rpc.announce_peer(other.addr, hash, 1) end)
raises("unknown option 'time' in ping (did you mean 'timeout'?)", function() dht.rpc.ping(other.addr, { time = 1 }) end)
raises("option 'timeout' of ping: seconds 0.001 to 3600 expected, got 0", function() dht.rpc.ping(other.addr, { timeout = 0 }) end)
raises("bad argument #2 to 'query'", function() dht.rpc.query(other.addr, "") end)
raises("at n: 0.5 is not a whole number", function() dht.rpc.query(other.addr, "x", { n = 0.5 }) end)
raises("a table with named fields is needed, got a list", function() dht.rpc.query(other.addr, "x", { 1, 2 }) end)
raises("at most 60000 fit", function() dht.rpc.query(other.addr, "x", { t = ("x"):rep(70000) }) end)
raises("unknown function 'dht.rpc.pong' (did you mean 'ping'?)", function() dht.rpc.pong(other.addr) end)
raises("is called with a dot", function() dht.rpc:ping(other.addr) end)
