-- Scrapes (BEP 33), guests (BEP 43), samples (BEP 51), and datagrams of one's own making.

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

-- A scrape tells seeds and peers apart; who asks for no seeds gets none while there are others.
local hash = id.sha1("extensions.lua")
assert(dht.announce_peer(hash, 7001, { seed = true }))
local swarm, trace = dht.scrape(hash)
check("one seed", math.abs(swarm.seeds - 1) < 0.01 and swarm.peers == 0, swarm.seeds)
assert(swarm.filters == 8 and swarm.lists == 0 and trace.replies >= 8)
assert(trace.path[1].method == "get_peers")
local node = dht.find_node(hash)[1]
local r = assert(dht.rpc.get_peers(node.addr, hash, { scrape = true }))
assert(math.abs(r.seeds - 1) < 0.01 and r.peers == 0 and #r.raw.BFsd == 256 and #r.raw.BFpe == 256)
assert(dht.rpc.get_peers(node.addr, hash).seeds == nil)
assert(dht.rpc.announce_peer(node.addr, hash, 7001, r.token)) -- and now a peer
r = assert(dht.rpc.get_peers(node.addr, hash, { scrape = true, noseed = true }))
check("it is no seed any more", r.seeds == 0 and math.abs(r.peers - 1) < 0.01, r.seeds)
assert(dht.rpc.announce_peer(node.addr, hash, 7001, r.token, { seed = true }))
assert(dht.rpc.get_peers(node.addr, hash, { scrape = true }).peers == 0)
swarm = dht.scrape(id.random())
assert(swarm.seeds == 0 and swarm.peers == 0 and swarm.filters == 0)
assert(#dht.get_peers(hash, { noseed = true }) == 1)

-- Samples, and their interval.
r = assert(dht.rpc.sample_infohashes(node.addr, id.random()))
assert(r.num >= 1 and #r.samples >= 1 and #r.nodes > 0 and r.interval >= 0 and r.interval <= 21600)
local there = false
for _, sample in ipairs(r.samples) do there = there or sample == hash end
check("the torrent is among the samples", there)
if r.interval > 0 then
  local none, err = dht.rpc.sample_infohashes(node.addr, id.random())
  assert(none == nil and tostring(err):find("not to be sampled again yet"), tostring(err))
end

-- Which nodes to name.
for _, want in ipairs{ "n4", { "n4" }, "both", { "n4", "n6" } } do
  assert(#dht.rpc.find_node(node.addr, hash, { want = want }).nodes > 0)
end
assert(dht.rpc.find_node(node.addr, hash, { want = "n6" }).nodes == nil) -- it is not a member there
local list, err = dht.find_node(hash, { family = "v6" })
assert(list == nil and err.kind == "unreachable", tostring(err))
assert(#dht.find_node(hash, { family = "v4" }) == 8)

-- A guest serves nobody and is in nobody's table.
local guest = dht.open{ read_only = true }
assert(guest.rpc.ping(node.addr))
local none, why = dht.rpc.ping(guest.addr, { timeout = 0.2 })
assert(none == nil and why.kind == "timeout" and guest:stats().unserved == 1)
guest:close()

-- Any datagram at all.
r = assert(dht.rpc.raw(node.addr, "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t3:odd1:y1:qe"))
assert(r.id == node.id and r.error == nil and r.raw.id == id.raw(node.id))
local answer = bencode.decode(r.packet)
assert(answer.t == "odd" and answer.y == "r" and r.rtt > 0)
r = assert(dht.rpc.raw(node.addr, "d1:ade1:q4:ping1:t2:aa1:y1:qe"))
assert(r.error.code == 203 and #r.error.message > 0 and r.id == nil and bencode.decode(r.packet).t == "aa")
none, why = dht.rpc.raw(node.addr, "nonsense", { timeout = 0.1 })
assert(none == nil and why.kind == "timeout")
assert(dht.table[node.id].failures == 0)

-- Our own address, as others see it.
assert(dht.external_addr() == dht.addr, dht.external_addr())
assert(dht.addr6 == nil)

raises("option 'want' of find_node: \"n4\" or \"n6\" or \"both\" or table expected", function() dht.rpc.find_node(node.addr, hash, { want = "n8" }) end)
raises("option 'want' of find_node: \"n4\", \"n6\", \"both\" or a list of these expected", function() dht.rpc.find_node(node.addr, hash, { want = { 4 } }) end)
raises("option 'family' of find_node: \"v4\" or \"v6\" expected", function() dht.find_node(hash, { family = 4 }) end)
raises("bad argument #2 to 'raw' (1 to 65507 bytes expected, got 0)", function() dht.rpc.raw(node.addr, "") end)
raises("unknown option 'seed' in get_peers", function() dht.get_peers(hash, { seed = true }) end)
raises("option 'addr6' of open: address", function() dht.open{ addr6 = "::1" } end)
