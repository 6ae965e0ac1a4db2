-- Store something in the DHT itself, change it, and see what each node did (BEP 44).
local params = experiment{
  title = "Stored items",
  description = "Puts a value under its hash and another one under a key, replaces that, and reads both back.",
  params = { text = "Hello, DHT", salt = "" },
  network = { nodes = 200 },
}

-- A value that is found under its hash can never change. "lightdht help dht" says how long nodes keep it.
local target, stored = assert(dht.put(params.text))
print("a value at " .. target .. ", on " .. stored .. " nodes")
check("it is found", dht.get(target) == params.text)

-- A value that is found under a key can be replaced by its owner. On a real network keep the key:
-- key.save("mine.key", owner), and key.load("mine.key") the next time.
local owner = key.new()
local mine = { secret_key = owner, salt = params.salt ~= "" and params.salt or nil }
local place = assert(dht.put({ text = params.text, version = 1 }, mine))
assert(dht.put({ text = params.text, version = 2 }, mine))

local value, info = assert(dht.get(place, { salt = mine.salt }))
print("an item at " .. place .. ": version " .. value.version .. ", number " .. info.seq)
check("it is the newer one", value.version == 2)

-- Which of the nodes that were asked have it?
local outcomes = {}                      -- found, nothing, invalid, refused or silent
for _, node in ipairs(info.nodes) do outcomes[node.outcome] = (outcomes[node.outcome] or 0) + 1 end
for outcome, count in pairs(outcomes) do print("", outcome, count) end

-- All of them refuse an old number: the call fails, with the trace of what each node said.
mine.seq = 0
local none, refusal, trace = dht.put({ text = "too late" }, mine)
for _, step in ipairs(trace.path) do
  if step.method == "put" then print("", step.addr, step.outcome, step.message or "") end
end
check("nobody takes an old one", none == nil and refusal.code == 302, refusal)
