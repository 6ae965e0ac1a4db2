-- "lightdht share" stores a file on nodes that come and go. How long can it be found, with and without keeping it?
local params = experiment{
  title = "Keeping what is shared",
  description = "Puts the pieces of two files and keeps one of them; members look for both, hour after hour.",
  params = { pieces = 10, hours = 3, looks = 5, session = 40 },  -- minutes that members stay, on average
  network = { nodes = 200 },
}
assert(sim, "this is for simulated networks: run it without --join")

-- Each minute some members leave for good, with all that they store, and as many new ones come.
local coming_and_going = spawn(function()
  local some = math.ceil(sim.size() / params.session)
  while true do
    sleep(60)
    sim.remove(some)
    sim.add(some)
  end
end)

local function share(name, kept)
  local targets = {}
  for i = 1, params.pieces do targets[i] = assert(dht.put(name .. " " .. i, { keep_alive = kept })) end
  return targets
end

local function member()                  -- a random member that is online
  local node
  repeat node = sim.node(math.random(#sim.nodes())) until node
  return node
end

-- Members look for the pieces. Returns the share of pieces found, and the share of members that found them all.
local function look(targets)
  local pieces, whole = 0, 0
  for i = 1, params.looks do
    local had = 0
    for _, value in ipairs(task.map(targets, function(target) return member():get(target) or false end, { parallel = 20 })) do
      had = had + (value and 1 or 0)
    end
    pieces, whole = pieces + had, whole + (had == #targets and 1 or 0)
  end
  return pieces / params.looks / #targets, whole / params.looks
end

local files = { { kept = false, targets = share("left alone", false) }, { kept = true, targets = share("kept", true) } }
local began = task.now()
for half = 0, 2 * params.hours do
  sleep(math.max(0, began + 1800 * half - task.now()))
  for _, file in ipairs(files) do
    local pieces, whole = look(file.targets)
    record{ hours = half / 2, kept = file.kept, pieces = pieces, whole = whole }
  end
end
coming_and_going:cancel()
