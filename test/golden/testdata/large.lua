-- A network so large that it goes on on several cores.
experiment{
  title = "Large",
  network = {
    nodes = 5000, loss = 0.02, nat = 0.1,
    churn = { session = { dist = "exponential", mean = 600 }, core = 0.5 },
    traffic = { every = 30, torrents = 2000, lookups = 0.5 },
  },
}

local function second(what)
  local s = sim.stats()
  record{
    what = what, time = s.time, online = s.online, sent = s.sent, delivered = s.delivered, lost = s.lost,
    unreachable = s.unreachable, joins = s.joins, leaves = s.leaves, searches = s.searches, events = s.events,
    known = #dht.table, queries = dht.stats().queries_in,
  }
end

for n = 1, 5 do
  sleep(1)
  second("traffic")
end
-- Members that the script sets to work, among the others.
local found = {}
for i = 1, 20 do
  local member = sim.node(i * 101)
  if member then
    task.spawn(function()
      local peers, trace = member:get_peers(sim.torrent(i))
      found[#found + 1] = { i, peers and #peers or tostring(trace), task.now() }
    end)
  end
end
dht.announce_peer(sim.torrent(3), 7000)
second("announced")
sleep(3)
for _, f in ipairs(found) do print(f[1], f[2], f[3]) end
sim.link{ latency = 0.04, loss = 0 }
sim.partition(0.2)
sleep(2)
second("partition")
sim.heal()
sim.traffic(false)
sleep(3)
second("quiet")
