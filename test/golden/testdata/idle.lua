-- Days in which nothing happens pass at once, and whatever a script does between them is done at its time.
experiment{ title = "Idle", network = { nodes = 30 } }

local function tell(what)
  local s, seen = sim.stats(), {}
  for _, entry in dht.table:each() do
    if entry.status == "good" then seen[#seen + 1] = task.now() - entry.last_seen end
  end
  table.sort(seen)
  record{
    what = what, time = s.time, skipped = s.skipped, sent = s.sent, events = s.events,
    known = #dht.table, good = #seen, longest = seen[#seen], date = os.date("!%F %T", os.time()),
  }
end

tell("at first")
local hash = id.sha1("idle")
assert(dht.announce_peer(hash, 7000))
task.spawn(function()
  sleep(4 * 86400)
  print("a task", task.now())
end)
sleep(10 * 86400)
tell("ten days later")
print(#dht.get_peers(hash), "peers are left of the announce")
sim.remove(5)
sleep(3600)
tell("five have left")
sleep(20 * 86400)
tell("much later")
local query = dht.on("query", function() end)
sleep(5 * 3600)
tell("watched")
query:off()
