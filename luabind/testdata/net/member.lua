-- Being a member: who we are, counters, serving, and further nodes.

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

assert(#dht.id == 40 and dht.addr:match("^%d+%.%d+%.%d+%.%d+:%d+$"))
assert(dht.network == (sim and "sim" or "udp"))

-- stats
local before = dht.stats()
assert(dht.rpc.ping(dht.find_node(id.random())[1].addr))
local after = dht.stats()
assert(after.queries_out > before.queries_out and after.replies_in > before.replies_in)
assert(after.packets_out > before.packets_out and after.bytes_in > before.bytes_in)
assert(after.known == #dht.table and after.searches == 0 and after.dropped_events == 0)
for name, n in pairs(after) do assert(name:match("^[a-z_]+$") and n >= 0, name) end

-- serve: so long, and what is announced to us meanwhile.
local peers, hashes = dht.peers_stored()
assert(peers == 0 and hashes == 0)
local began = task.now()
assert(dht.serve(0.2) == true)
assert(task.now() - began > 0.199 and task.now() - began < 10)
assert(dht.serve(0) == true)

-- open: another node, which has joined when the call returns.
local n = assert(dht.open())
assert(n.id ~= dht.id and n.addr ~= dht.addr and n.network == dht.network)
assert(#n.table > 0)
assert(n:peers_stored() == 0)
local reply = assert(n.rpc.get_peers(dht.addr, dht.id))
assert(reply.id == dht.id)
assert(n.rpc.announce_peer(dht.addr, dht.id, 1000, reply.token))
assert(n.rpc.announce_peer(dht.addr, n.id, 1001, reply.token))
assert(n.rpc.announce_peer(dht.addr, n.id, 1001, reply.token, { seed = true }))
peers, hashes = dht.peers_stored()
assert(peers == 2 and hashes == 2, peers)

-- announced: the same, one by one, in the order of info-hashes.
local torrents = dht.announced()
assert(#torrents == 2 and torrents[1].infohash < torrents[2].infohash and #n:announced() == 0)
for _, t in ipairs(torrents) do
  assert((t.infohash == dht.id or t.infohash == n.id) and #t.peers == 1)
  local peer, renewed = t.peers[1], t.infohash == n.id
  assert(peer.addr == n.addr:gsub(":%d+$", renewed and ":1001" or ":1000") and peer.seed == renewed)
  assert(peer.last >= began and peer.last <= task.now())
end

-- Several nodes may share a host: another port is another peer.
local third = dht.open{ bootstrap = false }
reply = assert(n.rpc.get_peers(third.addr, n.id))
for port = 1001, 1003 do
  assert(n.rpc.announce_peer(third.addr, n.id, port, reply.token))
end
assert(third:peers_stored() == 3 and #n.rpc.get_peers(third.addr, n.id).values == 3)
third:close()

-- items: what others have put here.
assert(#dht.items() == 0)
local token = assert(n.rpc.get(dht.addr, dht.id)).token
assert(n.rpc.put(dht.addr, { note = "b" }, token) and n.rpc.put(dht.addr, "a", token))
local owner = key.from_seed(("07"):rep(32))
assert(n.rpc.put(dht.addr, 5, token, { secret_key = owner, salt = "s", seq = 3 }))
local items = dht.items()
assert(#items == 3 and items[1].target < items[2].target and items[2].target < items[3].target)
local raws = {}
for _, item in ipairs(items) do
  raws[item.target] = item.raw
  assert(item.last >= began and item.last <= task.now())
  if item.k then
    assert(item.k == key.public(owner) and item.salt == "s" and item.seq == 3 and #item.sig == 128 and item.raw == "i5e")
  end
end
assert(raws[id.sha1("1:a")] == "1:a" and raws[id.sha1("d4:note1:be")] == "d4:note1:be" and raws[key.target(owner, "s")] == "i5e")
assert(dht.rpc.ping(n.addr).id == n.id)
assert(#n:find_node(dht.id) == 8)
assert(n:stats().queries_in > 0)
assert(n.rpc == n.rpc and n.table == n.table and n.rpc ~= dht.rpc and n.table ~= dht.table)
assert(n:serve(0.01))

-- Its options.
local own = id.random()
local m = assert(dht.open{ id = own, table = "buckets", bootstrap = { n.addr } })
assert(m.id == own and #m:find_node(own) > 0)
local lonely = assert(dht.open{ bootstrap = false })
assert(#lonely.table == 0)
local none, err = dht.open{ addr = n.addr }
assert(none == nil and err.kind == "unreachable" and tostring(err):find(n.addr, 1, true), tostring(err))
none, err = dht.open{ bootstrap = {} }
assert(none == nil and err.kind == "unreachable", tostring(err))

-- close: calls under way fail, later ones are errors, closing twice is fine.
local nobody = lonely.addr
lonely:close()
local waiting = spawn(function() return n.rpc.ping(nobody, { timeout = 60 }) end)
local serving = spawn(function() return n:serve() end)
local looping = spawn(function() for _ in n.table:each() do sleep(0.05) end end)
sleep(0.02)
n:close()
n:close()
none, err = waiting:wait()
assert(none == nil and err.kind == "cancelled" and tostring(err):find("the node was closed"), tostring(err))
none, err = serving:wait()
assert(none == nil and err.kind == "cancelled")
none, err = looping:wait()
assert(none == nil and tostring(err):find("this node is closed"), tostring(err))
for _, call in ipairs{
  function() n:find_node(own) end, function() n:get_peers(own) end, function() n:announce_peer(own) end,
  function() n:bootstrap() end, function() n:serve() end, function() n:stats() end, function() n:peers_stored() end,
  function() n:announced() end, function() n:items() end,
  function() n:on("node", print) end, function() n.rpc.ping(dht.addr) end,
  function() return #n.table end, function() return n.table[own] end, function() n.table:sorted("id") end,
  function() n.table:save("x") end, function() n.table:add(dht.addr, own) end, function() return pairs(n.table) end,
} do
  raises("this node is closed", call)
end
assert(#n.id == 40 and n.addr, "who it was can still be asked")
none, err = dht.rpc.ping(n.addr, { timeout = 0.2 })
assert(none == nil and err.kind == "timeout")
none, err = m:find_node(own)
assert(none, "the others go on")

-- A cancelled call stops at once.
local t = spawn(function() return dht.rpc.ping(nobody, { timeout = 60 }) end)
sleep(0.01)
began = task.now()
t:cancel()
none, err = t:wait()
assert(err.kind == "cancelled" and task.now() - began < 10)
none, err = task.timeout(0.05, function() return dht.serve() end)
assert(none == nil and err.kind == "timeout", tostring(err))
assert(dht.stats().searches == 0)

-- Misuse.
raises("'find_node' is a method: call it with a colon", function() m.find_node(own) end)
raises("unknown method 'Node:finde_node' (did you mean 'find_node'?)", function() m:finde_node(own) end)
raises("unknown method 'Node:open'", function() m:open() end)
raises("unknown function 'dht.close'", function() dht.close() end)
raises("unknown field 'Node.adr' (did you mean 'addr'?)", function() return m.adr end)
raises("a dht.Node is changed by its methods, not by assignment", function() m.id = own end)
raises("unknown option 'tabel' in open (did you mean 'table'?)", function() dht.open{ tabel = "flat" } end)
raises('option \'table\' of open: "flat" or "buckets" expected, got "tree"', function() dht.open{ table = "tree" } end)
raises("option 'bootstrap' of open: boolean or list of addresses", function() dht.open{ bootstrap = "yes" } end)
raises("option 'id' of open: id (40 hex digits) expected", function() dht.open{ id = "x" } end)
raises("bad argument #1 to 'serve' (seconds expected", function() dht.serve(-1) end)
assert(tostring(m) == "dht.Node" and tostring(m.table) == "dht.Table")
