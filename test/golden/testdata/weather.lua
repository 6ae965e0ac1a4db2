-- Everything that a network can do to a node, at once.
experiment{
  title = "Weather",
  network = {
    nodes = 150, k = 6, alpha = 4, latency = { median = 0.08, sigma = 0.5 }, loss = 0.05, nat = 0.3, mtu = 500, fragment = true,
    inbound = { datagrams = 200 }, dead = 0.1, skew = { offset = 5, drift = 200 },
    churn = { session = { dist = "weibull", shape = 0.43, scale = 1800 }, downtime = { dist = "exponential", mean = 1200 }, core = 0.1 },
    mix = { read_only = 0.05, silent = 0.05, slow = 0.05, liar = 0.02, wrong_id = 0.02, delay = 1 },
    traffic = { every = 300, clients = 0.5, torrents = 50, exponent = 0.9, lookups = 0.5 },
  },
}

local function minute(n)
  local found, trace = dht.get_peers(sim.torrent(1))
  local s = sim.stats()
  record{
    minute = n, online = s.online, sent = s.sent, delivered = s.delivered, lost = s.lost, unreachable = s.unreachable,
    cut = s.cut, dropped = s.dropped, fragmented = s.fragmented, joins = s.joins, leaves = s.leaves, searches = s.searches,
    known = #dht.table, good = dht.table:count("good"), peers = found and #found, err = not found and tostring(trace) or nil,
    queries = found and trace.queries, timeouts = found and trace.timeouts,
  }
end

for n = 1, 15 do
  sleep(60)
  if n == 4 then sim.partition(0.4) end
  if n == 6 then sim.heal() end
  if n == 8 then
    sim.link{ loss = 0.3, latency = 0.2 }
    sim.churn{ session = { dist = "constant", mean = 600 } }
  end
  if n == 10 then
    sim.add(20, { near = sim.torrent(1), behavior = "liar" })
    sim.traffic{ every = 120 }
    sim.behave(7, "silent")
  end
  if n == 12 then sim.remove(30) end
  minute(n)
end
for i, member in ipairs(sim.nodes()) do
  if i % 5 == 0 then print(i, member.id, member.addr, member.online, member.reachable, member.behavior, ("%.6f"):format(member.since)) end
end
