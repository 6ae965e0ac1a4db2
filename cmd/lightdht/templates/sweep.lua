-- Try several values of a setting and tabulate what each costs and brings. With other
-- luck, and other values: lightdht sweep FILE --seeds 1..5 --param loss=0,0.2
local params = experiment{
  title = "Sweep",
  description = "Looks for random points with 1, 2, 3, ... queries in flight: how long does it take, what does it cost?",
  params = { most = 8, walks = 30, loss = 0.1 },
  network = { nodes = 500, nat = 0.2 },
}
if sim then sim.link{ loss = params.loss } end

local function mean(list)
  local sum = 0
  for _, x in ipairs(list) do sum = sum + x end
  return sum / #list
end

local function quantile(list, q)         -- q from 0 to 1, of a sorted list
  return list[math.max(1, math.ceil(q * #list))] or 0/0
end

-- A fresh node for each walk: what one walk teaches a node would help it with the next.
-- It joins through three random members; if none of them answers, others are tried.
local function fresh()
  local node, err
  for _ = 1, 10 do
    node, err = dht.open{ table = "buckets" }
    if node then return node end
  end
  error(err)
end

-- The same points for each value, so that only the setting differs.
local targets = {}
for i = 1, params.walks do targets[i] = id.random() end

for alpha = 1, params.most do
  local seconds, queries, timeouts, failed = {}, {}, {}, 0
  for _, target in ipairs(targets) do
    local node = fresh()
    local nodes, trace = node:find_node(target, { alpha = alpha })
    node:close()
    if nodes then
      seconds[#seconds + 1] = trace.duration
      queries[#queries + 1] = trace.queries
      timeouts[#timeouts + 1] = trace.timeouts
    else                                 -- trace is then the error, such as that nobody answered
      failed = failed + 1
    end
  end
  table.sort(seconds)
  record{
    alpha = alpha, median = quantile(seconds, 0.5), p90 = quantile(seconds, 0.9),
    queries = mean(queries), lost = mean(timeouts), failed = failed,
  }
end
