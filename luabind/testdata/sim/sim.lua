-- sim: the simulated network, its members and its link. 150 of them at first.

local function raises(want, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error, but expected: " .. want)
  assert(tostring(err):find(want, 1, true), "got: " .. tostring(err) .. "\nwant: " .. want)
end

assert(task.now() == 0, "the run begins when the network is ready")
assert(sim.size() == 150)
for name, n in pairs(sim.stats()) do      -- nothing has happened yet; a datagram or two may be under way
  if name == "sent" then assert(n < 10, n) else assert(n == (name == "online" and 150 or 0), name) end
end
local nodes = sim.nodes()
assert(#nodes == 150)
local ids = {}
for _, n in ipairs(nodes) do
  assert(#n.id == 40 and n.online == true and n.reachable == true and n.since <= 0 and not ids[n.id])
  ids[n.id] = n
end
assert(not ids[dht.id], "the run's own node is no member")

-- closest: the truth.
local target = id.random()
local truth = sim.closest(target)
assert(#truth == 8 and #sim.closest(target, 20) == 20 and #sim.closest(target, 1000) == 150)
table.sort(nodes, function(a, b) return id.closer(target, a.id, b.id) end)
for i, n in ipairs(truth) do assert(n.id == nodes[i].id and n.addr == nodes[i].addr) end
local found, hits = dht.find_node(target), 0
for i = 1, 8 do if found[i].id == truth[i].id then hits = hits + 1 end end
check("a walk finds the nearest", hits == 8, hits .. " of 8")

-- node: drives a member, with all of dht's calls.
local m = sim.node(1)
local described = sim.nodes()[1]
assert(m.id == described.id and m.addr == described.addr and m.network == "sim")
assert(m == sim.node(1) and m == sim.node(described.addr), "one member, one handle")
assert(m ~= sim.node(2))
assert(#m.table > 0 and #m:find_node(target) == 8)
assert(m.rpc.ping(dht.addr).id == dht.id)
assert(m:announce_peer(target, 5000) == 8)
local peers = dht.get_peers(target)
assert(#peers == 1 and peers[1] == m.addr:gsub(":%d+$", ":5000"))
assert(m:stats().queries_out > 0)
local queried
local sub = m:on("query", function(q) queried = q.addr; return { hello = "member" } end)
assert(dht.rpc.ping(m.addr).raw.hello == "member" and queried == dht.addr)

-- Closing a handle ends what the script does with the member, and nothing else.
m:close()
m:close()
raises("this node is closed", function() m:find_node(target) end)
assert(dht.rpc.ping(described.addr).raw.hello == nil)
local again = sim.node(1)
assert(again ~= m and again.id == described.id and #again:find_node(target) == 8)
sub:off()

-- Its table is that of BEP 5, whose entries were first heard of before the run.
for _, e in pairs(again.table) do assert(e.first_seen < 1) end

-- tables: what is in those of all members, by status; count says so of one.
local sums = { good = 0, questionable = 0, bad = 0, unverified = 0 }
for i = 1, sim.size() do
  for status, n in pairs(sums) do sums[status] = n + sim.node(i).table:count(status) end
end
local tables = sim.tables()
assert(tables.members == 150 and tables.good > 150 * 8)
for status, n in pairs(sums) do assert(tables[status] == n, status) end

-- random: a member that is online, each as likely as any other.
local drawn, different = {}, 0
for _ = 1, 1500 do
  local one = sim.random()
  assert(one.online and ids[one.id].addr == one.addr)
  if not drawn[one.id] then different = different + 1 end
  drawn[one.id] = (drawn[one.id] or 0) + 1
end
check("all are drawn", different == 150, different)
for _, n in pairs(drawn) do assert(n <= 30, n) end -- 10 on average
assert(sim.random{ behavior = "normal", reachable = true, online = true })
local nobody, why = sim.random{ behavior = "liar" }
assert(nobody == nil and why.kind == "not_found" and tostring(why) == "there is no such member", tostring(why))
assert(sim.random{ online = false } == nil and sim.random{ reachable = false } == nil)
raises("unknown option 'reachible' in random (did you mean 'reachable'?)", function() sim.random{ reachible = true } end)

-- add and remove.
local added = sim.add(10)
assert(#added == 10 and sim.size() == 160 and #sim.nodes() == 160)
sleep(30)
local new = sim.node(added[10].addr)
assert(#new:find_node(new.id) == 8, "newcomers find their place")
local left = sim.remove(5)
assert(#left == 5 and sim.size() == 155 and left[1].online == false and #sim.nodes() == 160)
assert(sim.node(left[1].addr) == nil)
for _ = 1, 20 do -- all of the few that match, though they are hard to hit
  local one, found = sim.random{ online = false }, false
  for _, l in ipairs(left) do found = found or l.addr == one.addr end
  assert(found and not one.online)
end
local none, err = sim.node(left[1].addr)
assert(none == nil and err.kind == "not_found" and tostring(err):find("has left"), tostring(err))
none, err = dht.rpc.ping(left[1].addr, { timeout = 1 })
assert(none == nil and err.kind == "timeout")
local gone = sim.remove(new.addr)
assert(#gone == 1 and gone[1].addr == new.addr and gone[1].since == task.now())
none, err = sim.remove(new.addr)
assert(none == nil and err.kind == "not_found")
none, err = new:find_node(target, { timeout = 1 })
assert(none == nil and err.kind == "timeout", "who has left hears nothing: " .. tostring(err))
none, err = sim.node("192.0.2.1:1")
assert(none == nil and err.kind == "not_found")

-- link: latency, loss, nat.
local near = sim.closest(target, 1)[1].addr
sim.link{ latency = 0.05 }
assert(math.abs(dht.rpc.ping(near).rtt - 0.05) < 1e-6)
sim.link{ loss = 1 }
none, err = dht.rpc.ping(near, { timeout = 1 })
assert(none == nil and err.kind == "timeout")
sim.link{ loss = 0 }
assert(math.abs(dht.rpc.ping(near).rtt - 0.05) < 1e-6, "what is not named stays")
sim.link{ latency = { median = 0.2, sigma = 0 } }
assert(math.abs(dht.rpc.ping(near).rtt - 0.2) < 1e-6)
sim.link{ nat = 0.5 }
local hidden = 0
for _, n in ipairs(sim.nodes()) do if not n.reachable then hidden = hidden + 1 end end
check("half are behind NAT", hidden > 50 and hidden < 110, hidden)
sim.link{ nat = 0 }

-- stats
local s = sim.stats()
assert(s.online == sim.size() and s.time == task.now())
assert(s.lost > 0 and s.unreachable > 0 and s.events > 0)
local under_way = s.sent - s.delivered - s.lost - s.unreachable - s.cut - s.too_long - s.dropped
assert(under_way >= 0 and under_way < 100, under_way)
sleep(1000)
assert(sim.stats().time == s.time + 1000 and sim.stats().sent > s.sent)

-- Opened nodes have addresses of the network, and are no members.
local n = assert(dht.open{ addr = "203.0.113.5:6881" })
assert(n.addr == "203.0.113.5:6881" and sim.size() == 154)
assert(dht.rpc.ping("203.0.113.5:6881").id == n.id)
none, err = dht.open{ addr = "203.0.113.5:6881" }
assert(none == nil and tostring(err):find("in use"), tostring(err))
none, err = dht.open{ addr = "[2001:db8::1]:6881" }
assert(none == nil and tostring(err):find("IPv4"), tostring(err))
n:close()
assert(dht.open{ addr = "203.0.113.5:6881", bootstrap = false }, "a free address again")

-- Everybody leaves.
assert(#sim.remove(1000) == 154 and sim.size() == 0)
assert(#sim.closest(target) == 0)
assert(#sim.add(1) == 1)

-- Misuse.
raises("unknown option 'lost' in link (did you mean 'loss'?)", function() sim.link{ lost = 1 } end)
raises("option 'loss' of link: number 0 to 1 expected, got 2", function() sim.link{ loss = 2 } end)
raises("unknown option 'medain' in latency (did you mean 'median'?)", function() sim.link{ latency = { medain = 1 } } end)
raises("bad argument #1 to 'node' (integer 1 to 161 expected, got 162)", function() sim.node(162) end)
raises("bad argument #1 to 'node' (address expected", function() sim.node("first") end)
raises("bad argument #1 to 'add' (integer 1 to", function() sim.add(0) end)
raises("bad argument #1 to 'remove' (integer 0 to", function() sim.remove(-1) end)
raises("unknown function 'sim.node_list'", function() sim.node_list() end)

-- A node that makes up contacts keeps each() going for ever; max ends it.
local liar = sim.random()
sim.behave(liar.addr, "crowd")
local crawler = assert(dht.open())
local visited = 0
for _, entry in crawler.table:each{ max = 500 } do
  crawler.rpc.find_node(liar.addr, id.random())
  visited = visited + 1
end
check("max ends a crawl", visited == 500 and #crawler.table > 500, visited)
raises("option 'max' of each: integer 1 to", function() crawler.table:each{ max = 0 } end)
