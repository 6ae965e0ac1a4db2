-- Which torrents are there? Ask every node for samples of what it stores, and compare with what was announced.
local params = experiment{
  title = "Samples",
  description = "Members announce torrents; then the key space is walked once, asking each node for at most 20 info-hashes (BEP 51).",
  params = { torrents = 1000, parallel = 20 },
  network = { nodes = 500 },
}
local sample = require "lightdht.sample"

local announced, numbers = {}, {}
for i = 1, sim and params.torrents or 0 do numbers[i] = i end
task.map(numbers, function(i)
  local torrent = id.sha1("torrent " .. i)
  local member = assert(sim.node(i % sim.size() + 1))
  if (member:announce_peer(torrent, 6881) or 0) > 0 then announced[torrent] = true end
end, { parallel = 100 })

local began = task.now()
local found = assert(sample.run{ parallel = params.parallel })
print(("%d info-hashes from %d nodes, of %d asked; %d do not know the query; %.0f s"):format(
  found.count, found.told, found.asked, found.without, task.now() - began))
if sim then
  local truth, met = 0, 0
  for torrent in pairs(announced) do
    truth = truth + 1
    if found.infohashes[torrent] then met = met + 1 end
  end
  print(("%d of %d torrents found; %d of %d members asked"):format(met, truth, found.asked, sim.size()))
end
