-- What follows from the seed and the number of a member alone, whoever else is there.
local params = experiment{
  title = "Members",
  params = { members = 120 },
  network = {
    nodes = 120, nat = 0.3, churn = { session = { dist = "exponential", mean = 1800 }, downtime = { dist = "constant", mean = 600 } },
    mix = { silent = 0.1, slow = 0.1, liar = 0.1 }, traffic = { every = 1200 },
  },
}

print("own", dht.id, dht.addr, id.random(), math.random(1000000))
-- Time counts from when the own node has joined, which takes longer through some than through others.
local zero = sim.nodes()[1].since
local function look(when)
  for i, m in ipairs(sim.nodes()) do
    if i > params.members then break end
    record{ when = when, i = i, id = m.id, addr = m.addr, online = m.online, since = ("%.6f"):format(m.since - zero), reachable = m.reachable, behavior = m.behavior }
  end
end
look("at first")
-- How far others are, and by what secret they make tokens.
for i = 1, params.members, 5 do
  local m = sim.nodes()[i]
  local reply = dht.rpc.get_peers(m.addr, id.sha1("x"), { timeout = 30 })
  if reply and m.behavior == "normal" then
    record("replies", { i = i, rtt = reply.rtt, token = hex.encode(reply.token) })
  end
end
sleep(zero + 100 * math.ceil((1800 - zero) / 100) - task.now())
look("later")
