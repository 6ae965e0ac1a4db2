-- Many tasks, all chance, all clocks, and handlers that decide.
experiment{ title = "Tasks", network = { nodes = 100 } }

local order, names = {}, setmetatable({}, { __tostring = function() return "named" end })
local tasks = {}
for i = 1, 200 do
  tasks[i] = spawn(function()
    for round = 1, 3 do
      sleep(math.random())
      if math.random(4) == 1 then assert(dht.rpc.ping(sim.nodes()[i % 100 + 1].addr)) end
      order[#order + 1] = i
    end
    return i * i
  end)
end
local sum = 0
for _, t in ipairs(tasks) do sum = sum + assert(t:wait()) end
print(sum, id.sha1(table.concat(order, " ")))
log.info("the tasks are done", sum) -- with a time
print(tostring({}), tostring(print), tostring(tasks[1]), tostring(names), {}, spawn)
print(os.time(), os.clock(), os.date("!%c"), task.now(), math.random(1000000), id.random())

local found = task.map({ "a", "b", "c", "d", "e", "f" }, function(word)
  local nodes = assert(dht.find_node(id.sha1(word)))
  return nodes[1].id
end, { parallel = 3 })
for i, closest in ipairs(found) do record{ i = i, closest = closest } end

-- Twenty nodes, each with a handler of its own, of every kind.
local answers = {
  function() return nil end, function() return false end, function() return { greeting = "hello" } end,
  function() sleep(0.3) return { late = 1 } end, function() return { error = { 202, "not today" } } end,
}
local opened = {}
for i = 1, 20 do
  opened[i] = assert(dht.open{ bootstrap = i % 2 == 0 })
  opened[i]:on("query", answers[i % #answers + 1])
  opened[i]:on("answered", function(q) record("answered", { node = i, method = q.method, from = q.addr, time = task.now() }) end)
end
for i, node in ipairs(opened) do
  local reply, err = dht.rpc.ping(node.addr, { timeout = 1 })
  print(i, reply and reply.id, reply and reply.raw.greeting, reply and reply.raw.late, err)
end
local doomed = spawn(function() return dht.serve() end)
sleep(1)
doomed:cancel()
log.warn("cancelled", doomed)
print(doomed:status(), select(2, doomed:wait()))
local keys = {}
for k in pairs({ z = 1, y = 2, x = 3, [1] = 4, [true] = 5 }) do keys[#keys + 1] = tostring(k) end
print(table.concat(keys, " "))
