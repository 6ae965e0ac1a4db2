-- exit: 0
-- flags: --max-busy 20s --max-nodes 1000 --max-memory 1GiB
-- stdout: true\n$

-- Each function of the API with each of these, in each place.
local long = ("7"):rep(2 ^ 20)
local cycle = {}
cycle[1], cycle.x = cycle, cycle
local list = {}
for i = 1, 1e4 do list[i] = i end
local values = {
  math.huge, -math.huge, 0 / 0, 2 ^ 53, -2 ^ 53, 2 ^ 31, 1e300, -1, 0, 0.5, 5e-324, long, "", "\0", ("ff"):rep(20), ("\255"):rep(20),
  true, false, {}, cycle, list, {[long] = long}, {timeout = -1}, {k = 2 ^ 40}, {alpha = 1e9, k = 1e9}, print, coroutine.create(function() end),
}
local function try(f, self)
  for _, v in ipairs(values) do
    for _, args in ipairs{{v}, {v, v, v}, {dht.id, v}, {dht.addr, v}, {dht.addr, dht.id, v}} do
      if self then table.insert(args, 1, self) end
      pcall(task.timeout, 0.02, f, unpack(args))
    end
  end
end
local skip = {serve = true, sleep = true, print = true, assert = true, error = true, experiment = true, check = true, record = true, spawn = true, map = true}
local calls = 0
for name, lib in pairs{rpc = dht.rpc, id = id, key = key, json = json, bencode = bencode, hex = hex, string = string, table = table, math = math, os = os} do
  for name, f in pairs(lib) do
    if type(f) == "function" and not skip[name] then
      calls = calls + 1
      try(f)
    end
  end
end
for _, name in ipairs{"closest", "sorted", "count", "filter", "sample", "remove", "add"} do
  calls = calls + 1
  try(dht.table[name], dht.table)
end
for _, name in ipairs{"open", "on", "peers_stored"} do
  calls = calls + 1
  try(dht[name])
end
print(calls > 80)
