--- Probes of BEP 51 and BEP 42, and of the sizes of answers. They come last, as they measure the answers to earlier probes.
local lab = require "lightdht.conformance.lab"

--- One answer to sample_infohashes, or nil if the node does not know that query.
local function sample(l)
  if l.sampled == nil then
    local hash = lab.hash()
    l:ask("announce_peer", { info_hash = hash, port = 7001, token = l:token(hash) })
    l.sampled = l:claim("sample_infohashes", { target = lab.hash() })
  end
  local m = l.sampled
  if m and m.r and type(m.r.samples) == "string" then return m.r, m end
end

local function probe(severity, rule, run)
  return { severity, "BEP 51", rule, function(l)
    local r, m = sample(l)
    if l.sampled == nil then return "unknown", "no answer to sample_infohashes" end
    if not r then return "skip", "does not know sample_infohashes" end
    return run(r, m, l)
  end }
end

--- A probe of amplification: the bytes of an answer for each byte of its query.
local function amplifies(method, most)
  return { "note", "amplification", ("answers a %s with no more than %d times its bytes"):format(method, most), function(l)
    local sizes = l.pairs[method]
    if not sizes then return "skip", "does not answer it" end
    local factor = sizes[2] / sizes[1]
    -- A contact of IPv6 has 38 bytes, one of IPv4 has 26.
    return factor <= most * l.size / 26, ("%.1f times: %d bytes for %d"):format(factor, sizes[2], sizes[1])
  end }
end

return {
  { "note", "BEP 51", "knows sample_infohashes", function(l)
    local r = sample(l)
    return r ~= nil, lab.describe(l.sampled or nil)
  end },
  probe("must", "gives samples of 20 bytes each", function(r) return #r.samples % 20 == 0, #r.samples .. " bytes" end),
  probe("must", "says how many info-hashes it stores, no less than it tells", function(r)
    return type(r.num) == "number" and r.num >= #r.samples / 20, ("num = %s, %d samples"):format(tostring(r.num), math.floor(#r.samples / 20))
  end),
  probe("must", "wants to be left alone for 0 to 21600 seconds", function(r)
    return type(r.interval) == "number" and r.interval >= 0 and r.interval <= 21600, "interval = " .. tostring(r.interval)
  end),
  probe("should", "names nodes beside samples", function(_, m, l)
    if (m.named or "") == "" and l.known == 0 then return "unknown", "it names nobody" end
    return m.named ~= nil, lab.describe(m)
  end),
  probe("should", "refuses a sample_infohashes without a target with 203", function(_, _, l)
    return lab.refused(l:ask("sample_infohashes", {}), 203)
  end),
  { "note", "BEP 42", "has an id that suits its address", function(l)
    if sim then return "skip", "ids of simulated nodes are drawn at random" end
    return id.is_secure(l.id, l.target), l.id
  end },
  amplifies("ping", 4),
  amplifies("find_node", 4),
  amplifies("get_peers", 4),
  amplifies("get", 4),
  amplifies("sample_infohashes", 8),
  { "should", "BEP 32", "sends no answer of more than 1024 bytes, apart from items", function(l)
    local most, of = 0, "nothing"
    for method, sizes in pairs(l.pairs) do
      if sizes[2] > most then most, of = sizes[2], method end
    end
    return most <= 1024, ("up to %d bytes, for a %s"):format(most, of)
  end },
  { "must", "robustness", "is alive after all this, under the same id", function(l)
    local r, verdict, seen = lab.response(l:ask("ping", {}))
    if not r then return verdict, seen end
    return type(r.id) == "string" and #r.id == 20 and id.hex(r.id) == l.id, "a response"
  end },
}
