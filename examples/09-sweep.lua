-- One row for each world. Run it in many of them:
--   lightdht sweep examples/09-sweep.lua --seeds 1..5 --param loss=0,0.1,0.2,0.4 --param alpha=1,3,8 --out loss.csv
local params = experiment{
  title = "Lookups under loss",
  description = "Makes lookups from fresh nodes and records one row: how long they take, what they cost, what they find.",
  params = { lookups = 20, alpha = 3 },
  network = { nodes = 500 },
}
assert(sim, "this is for simulated networks: run it without --join")

local seconds, queries, right, failed = 0, 0, 0, 0
for i = 1, params.lookups do
  local target = id.random()
  local found, trace = assert(sim.node(i)):find_node(target, { alpha = params.alpha })
  if found then
    local is_there = {}
    for _, node in ipairs(found) do is_there[node.id] = true end
    for _, node in ipairs(sim.closest(target)) do right = right + (is_there[node.id] and 1 or 0) end
    seconds, queries = seconds + trace.duration, queries + trace.queries
  else
    failed = failed + 1                  -- trace is then the error, such as that nobody answered
  end
end
local done = params.lookups - failed
record{ seconds = seconds / done, queries = queries / done, nearest = right / 8 / done, failed = failed }
