-- exit: 0
-- flags: --max-busy 20s
-- network: sim
-- stdout: true\n$

-- The same for a simulated network.
local values = {math.huge, -math.huge, 0 / 0, 2 ^ 53, 1e300, 2 ^ 31, -1, 0.5, ("x"):rep(1e6), {}, {math.huge}, true, print}
local calls = 0
for name, f in pairs(sim) do
  if type(f) == "function" then
    calls = calls + 1
    for _, v in ipairs(values) do
      pcall(task.timeout, 0.01, f, v)
      pcall(task.timeout, 0.01, f, v, v, v)
      pcall(task.timeout, 0.01, f, {latency = v, loss = v, nat = v, session = {dist = "exponential", mean = v}, downtime = v})
    end
  end
end
for _, v in ipairs(values) do pcall(task.timeout, 0.01, sleep, v) end
print(calls > 10)
