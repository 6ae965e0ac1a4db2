--- Probes of get_peers, announce_peer and tokens, and of BEP 33.
local lab = require "lightdht.conformance.lab"

local function has(list, wanted)
  for _, v in ipairs(list) do
    if v == wanted then return true end
  end
  return false
end

--- The verdict on an announce that must not be stored. A node that serves no peers at all would pass by doing nothing.
local function unserved(l, hash, m)
  local ports, answer = l:ports(hash)
  if #ports > 0 then return false, lab.describe(m) .. "; serves port " .. table.concat(ports, ", ") end
  local r, verdict, seen = lab.response(answer)
  if not r then return verdict, seen end
  if not l:stores() then return "unknown", "it serves no peers that are announced properly, either" end
  return true, lab.describe(m)
end

--- Two probes of an announce that must not be stored, and should be refused.
local function rejects(list, what, args)
  list[#list + 1] = { "must", "BEP 5, announce_peer", "stores no peer of an announce " .. what, function(l)
    local hash = lab.hash()
    local m = l:announce(hash, args)
    return unserved(l, hash, m)
  end, rough = true }
  list[#list + 1] = { "should", "BEP 5, announce_peer", "refuses an announce " .. what .. " with 203", function(l)
    return lab.refused(l:announce(lab.hash(), args), 203)
  end, rough = true }
end

local function refuses(rule, args)
  return {
    "should", "BEP 5, errors", "refuses a get_peers " .. rule .. " with 203",
    function(l) return lab.refused(l:ask("get_peers", args), 203) end, rough = true,
  }
end

local probes = {
  { "must", "BEP 5, get_peers", "gives a token", function(l)
    local token = l:token(lab.hash())
    return token ~= "", #token .. " bytes"
  end },
  { "note", "implementations", "gives tokens of 4 to 20 bytes", function(l)
    local token = l:token(lab.hash())
    if token == "" then return "unknown", "it gives none" end
    return #token >= 4 and #token <= 20, #token .. " bytes"
  end },
  { "must", "BEP 5, get_peers", "names nodes when it has no peers", function(l)
    local m = l:ask("get_peers", { info_hash = lab.hash() })
    local r, verdict, seen = lab.response(m)
    if not r then return verdict, seen end
    if m.named and #m.named % l.size ~= 0 then return false, lab.describe(m) end
    if (m.named or "") == "" and l.known == 0 then return "unknown", "it names nobody" end
    return m.named ~= nil, lab.describe(m)
  end },
  refuses("without an info_hash", {}),
  refuses("for an info_hash of 19 bytes", { info_hash = ("h"):rep(19) }),
  refuses("for an info_hash of 21 bytes", { info_hash = ("h"):rep(21) }),
  refuses("for an info_hash that is a number", { info_hash = 20 }),
  { "must", "BEP 5, announce_peer", "takes an announce with its token, and tells of the peer", function(l)
    local hash = lab.hash()
    local token = l:token(hash)
    if token == "" then return "unknown", "it gives no token" end
    local m = l:announce(hash, { token = token })
    local ports = l:ports(hash)
    return has(ports, 7001), lab.describe(m) .. "; serves port " .. table.concat(ports, ", ")
  end },
  { "must", "BEP 5, get_peers", "lists peers in strings of 6 bytes, or 18 over IPv6", function(l)
    local hash = lab.hash()
    l:announce(hash)
    local _, m = l:ports(hash)
    if not m or not m.r or type(m.r.values) ~= "table" or #m.r.values == 0 then return "unknown", lab.describe(m) end
    for _, v in ipairs(m.r.values) do
      if type(v) ~= "string" or #v ~= l.size - 20 then return false, type(v) .. " of " .. #tostring(v) .. " bytes" end
    end
    return true, #m.r.values .. " peer"
  end },
  { "should", "BEP 32", "names nodes beside peers", function(l)
    local hash = lab.hash()
    l:announce(hash)
    local _, m = l:ports(hash)
    if not m or not m.r or not m.r.values then return "unknown", lab.describe(m) end
    return m.named ~= nil, lab.describe(m)
  end },
  { "should", "BEP 5, get_peers", "gives a token beside peers", function(l)
    local hash = lab.hash()
    l:announce(hash)
    local _, m = l:ports(hash)
    if not m or not m.r or not m.r.values then return "unknown", lab.describe(m) end
    return m.r.token ~= nil, lab.describe(m)
  end },
  { "should", "BEP 5, announce_peer", "takes a token twice", function(l)
    local hash = lab.hash()
    local token = l:token(hash)
    if token == "" then return "unknown", "it gives no token" end
    l:announce(hash, { token = token })
    return lab.answered(l:announce(hash, { token = token }))
  end },
  { "should", "BEP 5, announce_peer", "with implied_port = 1 takes the port that the query comes from", function(l)
    local hash = lab.hash()
    l:announce(hash, { implied_port = 1, port = 7002 })
    local ports, own = l:ports(hash), tonumber(l.a.addr:match(":(%d+)$"))
    if not l:stores() then return "unknown", "it serves no peers" end
    return has(ports, own) and not has(ports, 7002), "serves port " .. table.concat(ports, ", ")
  end },
  { "note", "BEP 5, announce_peer", "with implied_port = 1 needs no port", function(l)
    local hash = lab.hash()
    local m = l:announce(hash, { implied_port = 1, port = false })
    if not l:stores() then return "unknown", "it serves no peers" end
    return has((l:ports(hash)), tonumber(l.a.addr:match(":(%d+)$"))), lab.describe(m)
  end },
  -- BEP 33 knows a peer by its address; libtorrent and jech by address and port, as lightdht does wherever nodes may share
  -- a host.
  { "should", "BEP 33", "keeps the last peer announced for an IP address, once for each port at most", function(l)
    local hash = lab.hash()
    l:announce(hash, { port = 7001 })
    l:announce(hash, { port = 7002 })
    l:announce(hash, { port = 7002 })
    local ports = l:ports(hash)
    for _ = 1, 5 do -- an answer may have room for some of the peers only
      if has(ports, 7002) then break end
      ports = l:ports(hash)
    end
    if not l:stores() then return "unknown", "it serves no peers" end
    table.sort(ports)
    local served = table.concat(ports, ", ")
    return served == "7002" or served == "7001, 7002", "serves port " .. served
  end },
}

rejects(probes, "without a token", { token = false })
rejects(probes, "with an empty token", { token = "" })
rejects(probes, "with a token that it never gave", { token = "aoeusnth" })
rejects(probes, "of port 0", { port = 0 })
rejects(probes, "of port 65536", { port = 65536 })
rejects(probes, "of port -1", { port = -1 })
rejects(probes, "of a port that is a string", { port = "7001" })
rejects(probes, "without a port", { port = false })

--- What a torrent's filters say, read by a node of ours.
local function scraped(l, hash)
  l.guest:turn()
  return (l.a.node.rpc.get_peers(l.target, id.hex(hash), { scrape = true, timeout = l.patience }))
end

--- Whether the node under test sends filters of a torrent that it knows.
local function filters(l)
  local hash = lab.hash()
  l:announce(hash, { seed = 1 })
  local reply = scraped(l, hash)
  return reply ~= nil and reply.seeds ~= nil
end

local function last(list) for _, p in ipairs(list) do probes[#probes + 1] = p end end

last{
  { "must", "BEP 5, announce_peer", "takes no token that it gave to another IP address", function(l)
    if not l.b then return "unknown", lab.alone end
    local hash = lab.hash()
    local m = l:announce(hash, { token = l:token(hash, l.b) })
    return unserved(l, hash, m)
  end },
  { "should", "BEP 5, announce_peer", "refuses an announce without an info_hash with 203", function(l)
    local m = l:ask("announce_peer", { port = 7001, token = l:token(lab.hash()) })
    return lab.refused(m, 203)
  end, rough = true },
  { "must", "BEP 5, announce_peer", "takes no token that is older than ten minutes and a bit", function(l)
    if not l.slow then return "skip", "takes 16 minutes: --slow=true" end
    local hash = lab.hash()
    local token = l:token(hash)
    sleep(16 * 60)
    local m = l:announce(hash, { token = token })
    return unserved(l, hash, m)
  end },
  { "should", "BEP 5, announce_peer", "takes a token that is five minutes old", function(l)
    if not l.slow then return "skip", "takes 5 minutes: --slow=true" end
    local hash = lab.hash()
    local token = l:token(hash)
    if token == "" then return "unknown", "it gives no token" end
    sleep(5 * 60)
    return lab.answered(l:announce(hash, { token = token }))
  end },
  { "should", "implementations", "forgets a peer that is not announced again within two hours", function(l)
    if not l.slow then return "skip", "takes 2 hours: --slow=true" end
    local hash = lab.hash()
    l:announce(hash)
    sleep(2 * 3600)
    return unserved(l, hash)
  end },
  { "should", "BEP 33", "with scrape = 1 sends Bloom filters of 256 bytes", function(l)
    local hash = lab.hash()
    l:announce(hash)
    local m = l:ask("get_peers", { info_hash = hash, scrape = 1 })
    local r, verdict, seen = lab.response(m)
    if not r then return verdict, seen end
    if not l:stores() then return "unknown", "it serves no peers" end
    if r.BFsd == nil and r.BFpe == nil then return false, lab.describe(m) end
    return type(r.BFsd) == "string" and #r.BFsd == 256 and type(r.BFpe) == "string" and #r.BFpe == 256, lab.describe(m)
  end },
  { "should", "BEP 33", "sends no filters of a torrent that it does not know", function(l)
    local m = l:ask("get_peers", { info_hash = lab.hash(), scrape = 1 })
    local r, verdict, seen = lab.response(m)
    if not r then return verdict, seen end
    if r.BFsd ~= nil or r.BFpe ~= nil then return false, lab.describe(m) end
    if not filters(l) then return "unknown", "it sends no filters at all" end
    return true, lab.describe(m)
  end },
  { "must", "BEP 33", "tells seeds and other peers apart in its filters", function(l)
    local hash = lab.hash()
    l:announce(hash, { seed = 1 })
    if l.b then l:announce(hash, {}, l.b) end
    local reply = scraped(l, hash)
    if not reply or not reply.seeds then return "skip", "sends no filters" end
    local others = l.b and 1 or 0
    return math.abs(reply.seeds - 1) < 0.1 and math.abs(reply.peers - others) < 0.1,
      ("%.1f seeds and %.1f peers, of 1 and %d"):format(reply.seeds, reply.peers, others)
  end },
  { "should", "BEP 33", "has no seed of one torrent in the filters of another", function(l)
    local one, other = lab.hash(), lab.hash()
    l:announce(one, { seed = 1 })
    l:announce(other)
    scraped(l, one)
    local reply = scraped(l, other)
    if not reply or not reply.seeds then return "skip", "sends no filters" end
    return reply.seeds == 0 and math.abs(reply.peers - 1) < 0.1, ("%.1f seeds and %.1f peers, of 0 and 1"):format(reply.seeds, reply.peers)
  end },
  { "should", "BEP 33", "with noseed = 1 tells of peers that are no seeds", function(l)
    if not l.b then return "unknown", lab.alone end
    local hash = lab.hash()
    l:announce(hash, { seed = 1 })
    l:announce(hash, { port = 7003 }, l.b)
    local m = l:ask("get_peers", { info_hash = hash, noseed = 1 })
    if not l:stores() then return "unknown", "it serves no peers" end
    local seeds, others = 0, 0
    for _, v in ipairs(m and m.r and type(m.r.values) == "table" and m.r.values or {}) do
      if type(v) == "string" and v:sub(5, 6) == "\27\91" then others = others + 1 else seeds = seeds + 1 end
    end
    return others == 1, ("%d seeds, %d others"):format(seeds, others) -- seeds may fill up the list
  end },
}

return probes
