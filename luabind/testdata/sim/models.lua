-- What a network may suffer, set while it runs.
local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

local before = sim.size()

-- Members that come and go.
sim.churn{ session = { dist = "exponential", mean = 600 }, downtime = { dist = "exponential", mean = 300 } }
sleep(3600)
local online = sim.size() / before
assert(online > 0.45 and online < 0.85, online)             -- two thirds, in the stationary state
local s = sim.stats()
assert(s.joins > before and s.leaves > before)
sim.churn(false)
sleep(60)
local rest = sim.size()
sleep(3600)
assert(sim.size() == rest)
sim.churn("weibull")
sim.churn(false)

-- A partition.
sim.partition(0.3)
sleep(60)
assert(sim.stats().cut > 0)
sim.heal()
local cut = sim.stats().cut
sleep(60)
assert(sim.stats().cut - cut < 20)                           -- what was under way
sim.partition{ sim.closest(id.random(), 1)[1].addr }
sim.heal()

-- Traffic in the background: the most popular torrent has peers.
sim.traffic{ every = 60, torrents = 5 }
sleep(1200)
assert(sim.stats().searches > 100)
assert(#assert(dht.get_peers(sim.torrent(1))) > 0)
sim.traffic(false)

-- Liars, sybils, silence.
local target = id.random()
local sybils = sim.add(8, { near = target, behavior = "liar" })
local nearest = sim.closest(target, 8)
for _, m in ipairs(nearest) do assert(m.behavior == "liar") end
local member = sim.closest(id.random(), 1)[1]
sim.behave(member.addr, "silent")
local reply, err = dht.rpc.ping(member.addr, { timeout = 2 })
assert(not reply and err.kind == "timeout")
sim.behave(member.addr, "normal")
assert(dht.rpc.ping(member.addr))

-- One that follows answers under an id near to what is asked for; a crowd names itself.
sim.behave(member.addr, "follower")
assert(sim.closest(member.id, 1)[1].behavior == "follower")
local other = id.random()
local reply = assert(dht.rpc.find_node(member.addr, other))
assert(reply.id ~= member.id and id.closer(other, reply.id, sim.closest(other, 1)[1].id))
assert(dht.rpc.find_node(member.addr, other).id == reply.id)
sim.behave(member.addr, "crowd")
for _, named in ipairs(assert(dht.rpc.find_node(member.addr, other)).nodes) do
  assert(named.addr == member.addr and named.id ~= member.id)
end
for _, m in ipairs(sim.add(3, { behavior = "crowd" })) do assert(m.behavior == "crowd") end

-- The truth that a search can find leaves out those whom nobody can ask.
sim.link{ nat = 0.3 }
local hidden = sim.closest(target, sim.size())
local found = sim.closest(target, sim.size(), { reachable = true })
local askable = {}
for _, m in ipairs(found) do
  assert(m.reachable and m.behavior ~= "silent" and m.online)
  askable[m.id] = true
end
for _, m in ipairs(hidden) do assert(askable[m.id] == (m.reachable or nil)) end
assert(#found < #hidden and #found > #hidden / 2 and #sim.closest(target, 3, { reachable = true }) == 3)
sim.behave(found[1].addr, "silent")
assert(sim.closest(target, 1, { reachable = true })[1].id == found[2].id)
assert(sim.closest(target, 1, { reachable = false })[1].id == hidden[1].id)
sim.behave(found[1].addr, found[1].behavior)
sim.link{ nat = 0 }

-- Lines and clocks.
sim.link{ mtu = 200 }
sleep(60)
assert(sim.stats().too_long > 0)
sim.link{ mtu = 0, inbound = { datagrams = 50, wait = 0.5 } }
sim.skew{ offset = 30, drift = 50 }

-- What makes no sense.
raises("partition is a probability, 0 to 1", function() sim.partition(2) end)
raises("option 'dist' of the session of churn", function() sim.churn{ session = { dist = "pareto" } } end)
raises("churn needs a session", function() sim.churn{ core = 0.5 } end)
raises("odd", function() sim.behave(member.addr, "odd") end)
raises("option 'mtu' of link", function() sim.link{ mtu = -1 } end)
raises("unknown option 'lag' in link", function() sim.link{ lag = 1 } end)
raises("traffic needs an every", function() sim.traffic{ torrents = 5 } end)
raises("the exponent of traffic must be above 0", function() sim.traffic{ every = 60, exponent = 0 } end)
raises('churn needs a mean, as in {dist = "exponential"', function() sim.churn("exponential") end)
raises("needs a shape and a scale", function() sim.churn{ session = { dist = "weibull", shape = 0.5 } } end)
raises("member 1 cannot change from", function() sim.behave(1, "read_only") end)

-- No clients are none, not all.
sim.traffic{ every = 1, clients = 0 }
local searches = sim.stats().searches
sleep(60)
assert(sim.stats().searches == searches)
