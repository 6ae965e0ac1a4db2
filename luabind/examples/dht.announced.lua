local torrent = id.sha1("a torrent")
assert(sim.node(1):announce_peer(torrent, 6881, { seed = true }))
local holder = sim.node(sim.closest(torrent, 1)[1].addr)  -- any member will do
for _, t in ipairs(holder:announced()) do
  local peer = t.peers[1]
  print(t.infohash == torrent, peer.addr == sim.node(1).addr)  --> true	true
  print(peer.seed, task.now() - peer.last < 60)  --> true	true
end
