print(assert(dht.put("Hello World!")))  -- found under its hash, and never changes

local owner = key.new()                 -- who has this can change what is found under it
local target, stored, trace = assert(dht.put("first", { secret_key = owner }))
print(stored)
print(dht.get(target))
assert(dht.put("second", { secret_key = owner, keep_alive = true }))
local value, info = assert(dht.get(key.target(owner.public)))
print(value, info.seq)

for _, step in ipairs(trace.path) do
  if step.method == "put" then print(step.addr, step.outcome, step.message) end
end
