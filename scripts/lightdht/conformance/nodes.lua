--- Probes of find_node and the routing table: which nodes it names, and which it must not.
local lab = require "lightdht.conformance.lab"

--- How many other nodes the node under test must know, so that its choices mean something.
local enough = 24

--- Why it means little that somebody is not named; nil if it means something.
local function choosy(l)
  return not l:querier() and "it names no others that have asked it, either" or nil
end

--- A node of the lab that never answers. Its id is next to that of the node under test, so any routing table has room.
local function silent(l) return l:open{ id = id.with_prefix(l.id, 20), read_only = true } end

--- A probe of a find_node that must be refused.
local function refuses(rule, args)
  return {
    "should", "BEP 5, errors", "refuses a find_node " .. rule .. " with 203",
    function(l) return lab.refused(l:ask("find_node", args), 203) end, rough = true,
  }
end

--- Collects the nodes named for a point and for the opposite one, by get_peers and find_node, and then asks for the point
--- once more. No collected node may be nearer to the point than the farthest one named now. The order matters, as the
--- node may meet more nodes meanwhile. Returns how many are nearer, and how many nodes there were to choose from.
local function misses(l)
  local target = id.random()
  local pool, named, worst = {}, {}, nil
  for _, point in ipairs{ id.xor(target, ("f"):rep(40)), target } do
    for _, method in ipairs{ "get_peers", "find_node" } do
      for _, n in ipairs(l:near(point, method)) do pool[#pool + 1] = n.id end
    end
  end
  for _, n in ipairs(l:near(target)) do
    named[n.id] = true
    if not worst or id.closer(target, worst, n.id) then worst = n.id end
  end
  if not worst and l.garbled then return 0, 0 end
  local better, others = 0, 0
  for _, candidate in ipairs(pool) do
    if not named[candidate] then
      named[candidate], others = true, others + 1
      if not worst or id.closer(target, candidate, worst) then better = better + 1 end
    end
  end
  return better, others
end

return {
  { "must", "BEP 5, find_node", "names nodes in 26 bytes each, or 38 of IPv6", function(l)
    local known = l:populate(enough)
    local m = l:ask("find_node", { target = lab.hash() })
    local r, verdict, seen = lab.response(m)
    if not r then return verdict, seen end
    if not m.named then return false, lab.describe(m) end
    if #m.named % l.size ~= 0 then return false, ("%d bytes"):format(#m.named) end
    if known == 0 then return "unknown", "it names nobody, not even those who ask it" end
    return true, ("%d bytes; it knows %d others or more"):format(#m.named, known)
  end },
  { "must", "BEP 5, find_node", "names the K = 8 nearest nodes, and no more", function(l)
    local most = 0
    for _ = 1, 4 do most = math.max(most, #l:near(id.random())) end
    if most == 0 then return "unknown", "it names nobody" end
    return most <= 8, "up to " .. most .. " nodes"
  end },
  { "must", "BEP 5, find_node", "names the nearest to the target that it knows", function(l)
    local points, wrong, better = 8, 0, 0 -- with fewer points, a node that is wrong for half of them may pass
    for _ = 1, points do
      local n, others = misses(l)
      if others == 0 then return "unknown", "it knows too few nodes" end
      if n > 0 then wrong, better = wrong + 1, math.max(better, n) end
    end
    if wrong == 0 then return true, ("right for %d points of %d"):format(points, points) end
    return wrong < 2, ("for %d points of %d it knows nodes that are nearer than those it names (up to %d)"):format(wrong, points, better)
  end },
  { "note", "implementations", "names the nearest first", function(l)
    local target = id.random()
    local list = l:near(target)
    if #list < 2 then return "unknown", "it names nobody" end
    for i = 2, #list do
      if id.closer(target, list[i].id, list[i - 1].id) then return false, "in no such order" end
    end
    return true, #list .. " nodes in order"
  end },
  { "should", "BEP 5, find_node", "does not name itself", function(l)
    if #l:near(l.id) == 0 then return "unknown", "it names nobody" end
    return not l:names(l.id)
  end },
  { "should", "robustness", "names nobody twice, and nobody with port 0", function(l)
    local seen = {}
    for _ = 1, 4 do
      for _, n in ipairs(l:near(l.id)) do
        if seen[n.id] and seen[n.id] ~= n.addr then return false, n.id .. " at two addresses" end
        if n.addr:match("0000$") then return false, n.addr end
        seen[n.id] = n.addr
      end
    end
    if not next(seen) then return "unknown", "it names nobody" end
    return true
  end },
  refuses("without a target", {}),
  refuses("for a target of 19 bytes", { target = ("t"):rep(19) }),
  refuses("for a target of 21 bytes", { target = ("t"):rep(21) }),
  refuses("for a target that is a number", { target = 20 }),
  { "must", "BEP 5, routing table", "does not name a node that has never answered, after one query of its", function(l)
    local mute = silent(l)
    l:ask("find_node", { target = lab.hash() }, { from = mute })
    local at_once = l:names(mute.id)
    l:pause(2)
    if at_once or l:names(mute.id) then return false, at_once and "names it at once" or "names it a little later" end
    return l:querier() ~= nil or "unknown", choosy(l)
  end },
  { "must", "BEP 5, routing table", "does not name a node that has never answered, after two queries of its", function(l)
    local mute = silent(l)
    for pause = 1, 2 do
      l:ask("find_node", { target = lab.hash() }, { from = mute })
      l:pause(pause)
    end
    if l:names(mute.id) or l:names(mute.id) then return false, "names a silent querier" end
    return l:querier() ~= nil or "unknown", choosy(l)
  end },
  { "note", "BEP 5, routing table", "names a node that has asked it and answers", function(l)
    if l:querier() then return true end
    if l.garbled then return "unknown", "its lists of nodes cannot be read" end
    return false, "not soon"
  end },
  { "should", "BEP 43", "does not name a read-only node, nor ping it", function(l)
    local guest, pinged = l:open{ id = id.with_prefix(l.id, 20) }, 0
    local ip = l.target:match("^(.*):")
    local watch = guest.node:on("query", function(q)
      if q.addr:match("^(.*):") == ip then pinged = pinged + 1 end
    end)
    local served = true
    for _ = 1, 3 do
      served = l:ask("find_node", { target = lab.hash() }, { from = guest, ro = 1 }) ~= nil and served
      l:pause(1)
    end
    watch:off()
    local named = l:names(guest.id)
    local seen = ("pinged it %d times%s"):format(pinged, named and ", and names it" or "")
    if named or pinged > 0 then return false, seen end
    if not served then return "unknown", "it does not answer it" end
    return l:querier() ~= nil or "unknown", choosy(l) or seen
  end },
  { "must", "BEP 43", "answers a read-only node", function(l)
    return lab.answered(l:ask("ping", {}, { ro = 1 }))
  end },
  { "should", "mldht, libtorrent", "keeps a node's address when somebody else claims its id", function(l)
    if not l.b then return "unknown", lab.alone end
    local honest = l:querier()
    if not honest then return "unknown", choosy(l) end
    local _, first = l:names(honest.id)
    local thief = l:open{ id = honest.id, addr = l.second }
    for _ = 1, 3 do
      l:greet(thief)
      l:pause(1)
    end
    local named, addr = l:names(honest.id)
    if not named or not first then return "unknown", "it names neither" end
    return addr == first, "names " .. (addr == first and "the first" or "the other")
  end },
  { "should", "BEP 32", "with want = n4 names IPv4 nodes only", function(l)
    if l.size == 38 then return "skip", "over IPv6" end
    local m = l:ask("find_node", { target = lab.hash(), want = { "n4" } })
    local r, verdict, seen = lab.response(m)
    if not r then return verdict, seen end
    if r.nodes == nil and l.known == 0 then return "unknown", "it names nobody" end
    return r.nodes ~= nil and r.nodes6 == nil, lab.describe(m)
  end },
  { "should", "BEP 32", "with want = n6 names no IPv4 nodes", function(l)
    if l.size == 38 then return "skip", "over IPv6" end
    local m = l:ask("find_node", { target = lab.hash(), want = { "n6" } })
    local r, verdict, seen = lab.response(m)
    if not r then return verdict, seen end
    if (r.nodes or "") ~= "" then return false, lab.describe(m) end
    return l.known ~= 0 or "unknown", lab.describe(m)
  end },
  { "should", "BEP 32", "with want = n4, n6 names nodes as without", function(l)
    local m = l:ask("find_node", { target = lab.hash(), want = { "n4", "n6" } })
    local r, verdict, seen = lab.response(m)
    if not r then return verdict, seen end
    if not m.named and l.known == 0 then return "unknown", "it names nobody" end
    return m.named ~= nil, lab.describe(m)
  end },
  { "should", "BEP 32", "ignores a want that it does not know, or cannot read", function(l)
    local m = l:ask("find_node", { target = lab.hash(), want = { "n9" } })
    local n = l:ask("find_node", { target = lab.hash(), want = 4 })
    local named = m ~= nil and m.r ~= nil and (m.named ~= nil or l.known == 0)
    return named and n ~= nil and n.r ~= nil, lab.describe(m) .. "; " .. lab.describe(n)
  end, rough = true },
}
