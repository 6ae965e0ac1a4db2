-- Visits the client that it joined through, says what came of it, and stays. The arguments are the client's address, the
-- torrent that it announces, the peer that it announces, and a number of our own. Each line comes once:
--
--   joined      our table holds the client as good
--   holds       the client names one of our nodes that stay
--   found       a lookup finds what the client announces
--   kept PEER   what we announce is kept by the client, as this peer
local client, hash, theirs, number = arg[1], arg[2], arg[3], tonumber(arg[4])

-- Those of ours that stay.
local residents = {}
for n = 10, 19 do residents[("10.77.%d.1:6881"):format(n)] = true end

-- eventually does something again until it comes to more than nothing.
local function eventually(what, f)
  spawn(function()
    local got
    repeat
      got = f()
      if not got then sleep(1.5) end
    until got
    print(got == true and what or what .. " " .. got)
  end)
end

local function names(asked, target, wanted)
  local reply = dht.rpc.find_node(asked, target)
  for _, node in ipairs(reply and reply.nodes or {}) do
    if wanted(node.addr) then return true end
  end
end

-- ownID is the client's.
local function ownID()
  local reply = dht.rpc.ping(client)
  return reply and reply.id
end

eventually("joined", function()
  for _, node in pairs(dht.table) do
    if node.addr == client and node.status == "good" then return true end
  end
  dht.rpc.ping(client)
end)

eventually("holds", function()
  return names(client, id.random(), function(addr) return residents[addr] end)
end)

eventually("found", function()
  for _, peer in ipairs(dht.get_peers(hash) or {}) do
    if peer == theirs then return true end
  end
end)

-- A torrent next to the client's own id: the client is the nearest of all to it, and must be among those that are told.
eventually("kept", function()
  local target = ownID()
  if not target then return end
  target = id.flip(target, 159 - number)
  dht.announce_peer(target)
  local reply = dht.rpc.get_peers(client, target)
  return reply and reply.values and reply.values[1]
end)

dht.serve()
