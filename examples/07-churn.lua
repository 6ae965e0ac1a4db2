-- Nodes come and go: the shorter they stay, the more contacts in a table are out of date.
local params = experiment{
  title = "Churn",
  description = "Looks for random points while members stay for ever shorter: how often does it find the nearest, and how soon?",
  params = { lookups = 20, hours = 1 },
  network = { nodes = 500 },
}
assert(sim, "this is for simulated networks: run it without --join")

-- One lookup by a random member. Returns the share of the true 8 nearest that it found, and its trace.
local function look()
  local target = id.random()
  local member
  repeat member = sim.node(math.random(#sim.nodes())) until member  -- offline nodes cannot search
  local found, trace = member:find_node(target)
  if not found then return 0 end
  local is_there = {}
  for _, node in ipairs(found) do is_there[node.id] = true end
  local right = 0
  for _, node in ipairs(sim.closest(target)) do right = right + (is_there[node.id] and 1 or 0) end
  return right / 8, trace
end

print("session", "online", "nearest found", "seconds", "queries", "unanswered")
for _, minutes in ipairs{ 0, 240, 60, 30, 15 } do
  sim.churn(minutes > 0 and { session = { dist = "exponential", mean = 60 * minutes } })
  sleep(3600 * params.hours)             -- lets the tables adapt to this churn
  local right, seconds, queries, replies = 0, 0, 0, 0
  for i = 1, params.lookups do
    local share, trace = look()
    right = right + share
    if trace then seconds, queries, replies = seconds + trace.duration, queries + trace.queries, replies + trace.replies end
  end
  local n = params.lookups
  print(minutes > 0 and minutes .. " min" or "forever", sim.size(), ("%.0f %%"):format(100 * right / n),
    ("%.2f"):format(seconds / n), ("%.1f"):format(queries / n), ("%.1f"):format((queries - replies) / n))
end
