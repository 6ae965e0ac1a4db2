-- How much of a lookup can an attacker capture who chooses his ids? For simulated networks.
local params = experiment{
  title = "Sybils",
  description = "Opens nodes with ids next to a torrent and looks for it: how many of the 8 nearest are theirs?",
  params = { most = 16, bits = 20 },     -- bits: how many leading bits they share with the torrent
  network = { nodes = 500 },
}
assert(sim, "this experiment is for simulated networks; run it without --join")

local torrent = id.sha1("a torrent of our own")
local ours = {}                          -- ids of the sybils

local function add()
  local sybil = assert(dht.open{ id = id.with_prefix(torrent, params.bits) })
  ours[sybil.id] = true
  -- Nodes name only nodes that they know: a walk to the torrent makes the sybil known to
  -- the nodes that are asked for it.
  assert(sybil:find_node(torrent))
end

-- The nodes that an honest member, which has never heard of the sybils, finds near the torrent.
local function captured(member)
  local n = 0
  for _, node in ipairs(assert(member:find_node(torrent))) do
    if ours[node.id] then n = n + 1 end
  end
  return n
end

print("sybils", "of the 8 nearest")
local victim, sybils = 0, 0
while sybils <= params.most do
  victim = victim + 1                    -- another one each time, which has met no sybil yet
  print(sybils, captured(assert(sim.node(victim))))
  for _ = 1, 4 do add() end
  sybils = sybils + 4
  sleep(30)                              -- let the neighbours ping the newcomers
end
