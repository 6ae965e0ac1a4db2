-- exit: 0
-- stdout: true\n$

local values = {math.huge, -1, 0 / 0, 2 ^ 53, 1e300, 0, 0.5}
for _, name in ipairs{"find_node", "get_peers", "get", "scrape"} do
  for _, option in ipairs{"k", "alpha", "timeout", "max_queries"} do
    for _, v in ipairs(values) do
      pcall(task.timeout, 0.05, dht[name], dht.id, {[option] = v})
    end
  end
  pcall(task.timeout, 0.05, dht[name], dht.id, {start = {}, on_reply = function() error("no") end})
end
task.map({1, 2, 3}, function() return dht.find_node(id.random()) end, {parallel = 1e300})
print(#dht.find_node(dht.id) > 0)
